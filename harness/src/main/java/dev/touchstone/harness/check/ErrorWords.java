package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Judges ER-02: stable codes, and messages for people that give nothing of the inside away. */
public final class ErrorWords {
    private static final String RULE = "ER-02";
    /** The contract's codes, and UNAUTHORIZED, which the wire page adds. */
    static final Set<String> CODES = Set.of(
            "INVALID_REQUEST",
            "CONTEXT_LENGTH_EXCEEDED",
            "MODEL_LOAD_FAILED",
            "INSUFFICIENT_VRAM",
            "VRAM_OOM",
            "CUDA_ERROR",
            "INFERENCE_TIMEOUT",
            "CANCELLED",
            "BUSY",
            "INTERNAL",
            "UNAUTHORIZED");

    private static final Pattern INSIDE =
            Pattern.compile("Traceback|\\bat [\\w.$]+\\([^)]*\\)|\\b\\w+(\\.\\w+)+(Exception|Error)\\b"
                    + "|\\b\\w+(Exception|Error):|\\.(java|py|rs|cpp|go|js):\\d+|/(home|usr|opt|root|tmp|var|etc)/"
                    + "|\\b[A-Za-z]:\\\\\\\\?\\w|0x[0-9a-fA-F]{6,}|\\b\\d{1,3}(\\.\\d{1,3}){3}\\b");
    /** What only a stack trace has. */
    private static final Pattern TRACE = Pattern.compile(
            "Traceback|\\bat [\\w.$]+\\([^)]*\\)|File \\\\?\"[^\"]+\\\\?\", line \\d+|\\.(java|py|rs|cpp|go|js):\\d+");

    private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?");

    private ErrorWords() {}

    /** The first part of a body that can only be of a stack trace. */
    static Optional<String> trace(String body) {
        return TRACE.matcher(body).results().map(MatchResult::group).findFirst();
    }

    /** The first part of a body that gives something of the inside away. */
    static Optional<String> inside(String body) {
        return INSIDE.matcher(body).results().map(MatchResult::group).findFirst();
    }

    /**
     * @param field the field that the message must name; empty where none is at fault
     * @param range numbers of the accepted range that it must name
     */
    public static Verdict judge(Exchange exchange, String field, List<BigDecimal> range) {
        var findings = new Findings(RULE);
        Optional<Fields> body = Fields.of(exchange.bodyText());
        if (body.isEmpty()) {
            return findings.add("a JSON error body", Shown.answer(exchange)).broken();
        }
        if (body.get().string("code").filter(CODES::contains).isEmpty()) {
            findings.add("one of the stable codes", "code was " + body.get().shown("code"));
        }
        String message = body.get().string("message").orElse("");
        String was = "message was " + Shown.quoted(message);
        if (message.isBlank() || message.contains("\n")) {
            findings.add("message, one sentence on one line", was);
        }
        if (!message.contains(field)) {
            findings.add("message that names " + field, was);
        }
        inside(exchange.bodyText())
                .ifPresent(part -> findings.add(
                        "no stack trace, class, path or address in the body", "there was " + Shown.quoted(part)));
        List<BigDecimal> named = NUMBER.matcher(message)
                .results()
                .map(m -> new BigDecimal(m.group()))
                .toList();
        range.stream()
                .filter(bound -> named.stream().noneMatch(n -> n.compareTo(bound) == 0))
                .forEach(bound -> findings.add("message that names %s of the accepted range".formatted(bound), was));
        return findings.orHeld(was);
    }
}
