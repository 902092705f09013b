package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Judges OA-04: errors have the OpenAI form, with the status that the contract names. */
public final class OpenAiError {
    private static final String RULE = "OA-04";

    private OpenAiError() {}

    /**
     * @param statuses that the rule accepts
     * @param code that the error must have, where the rule names one
     */
    public static Verdict judge(Exchange exchange, Set<Integer> statuses, Optional<String> code) {
        var findings = new Findings(RULE);
        String wanted = "status "
                + String.join(
                        " or ", statuses.stream().map(String::valueOf).sorted().toList());
        if (exchange.head().isEmpty() || !statuses.contains(exchange.status())) {
            findings.add(wanted, Shown.answer(exchange));
        }
        form(exchange, RULE).findings().forEach(findings::add);
        if (code.isPresent() && findings.none()) {
            Optional<String> said = error(exchange).flatMap(e -> e.string("code"));
            if (!said.equals(code)) {
                findings.add(
                        "code " + code.get(),
                        "it was " + error(exchange).map(e -> e.shown("code")).orElse(""));
            }
        }
        return findings.orHeld("status %d, %s"
                .formatted(
                        exchange.status(),
                        error(exchange).map(e -> e.shown("message")).orElse("")));
    }

    /** Judges the answer to a request that a worker may take or decline, but not fail at. */
    public static Verdict servedOrRefused(Exchange exchange) {
        return exchange.head().isPresent() && exchange.status() == 200
                ? new Verdict.Held(RULE, "it was served")
                : judge(exchange, Set.of(400), Optional.empty());
    }

    /** What departs from the form {@code {error: {message, type, param, code}}}. */
    static Findings form(Exchange exchange, String rule) {
        var findings = new Findings(rule);
        String type = exchange.head().flatMap(h -> h.header("Content-Type")).orElse("absent");
        if (!type.toLowerCase(Locale.ROOT).split(";")[0].strip().equals("application/json")) {
            findings.add("Content-Type application/json", "it was " + type);
        }
        Optional<Fields> error = error(exchange);
        if (error.isEmpty()) {
            return findings.add("a body {\"error\": {…}}", "it was " + Shown.body(exchange));
        }
        if (error.get().string("message").filter(m -> !m.isBlank()).isEmpty()) {
            findings.add("error.message, a sentence", "it was " + error.get().shown("message"));
        }
        if (error.get().string("type").filter(t -> !t.isBlank()).isEmpty()) {
            findings.add("error.type, a string", "it was " + error.get().shown("type"));
        }
        for (String name : Set.of("param", "code")) {
            if (!error.get().has(name)) {
                findings.add("error.%s, a string or null".formatted(name), "there was none");
            }
        }
        return findings;
    }

    /** What the error says, where the body has the form of one. */
    static Optional<String> message(Exchange exchange) {
        return error(exchange).flatMap(e -> e.string("message")).filter(m -> !m.isBlank());
    }

    static Optional<Fields> error(Exchange exchange) {
        return Fields.of(exchange.bodyText()).flatMap(f -> f.object("error"));
    }
}
