package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.Optional;

/** Judges SE-02: job ids that could break a line or are too long are refused; any other comes back as it was. */
public final class JobIdSafety {
    private static final String RULE = "SE-02";
    /** What malicious ids of the kit would add as a line of its own. */
    public static final String INJECTED = "x-touchstone-injected";

    private JobIdSafety() {}

    /**
     * @param malicious answers to ids with control characters, or too long, each with {@link #INJECTED} after its line
     *     end where it has one; the label says what is wrong with the id
     * @param odd generations whose ids are unusual but legal
     */
    public static Verdict judge(List<Exchange> malicious, List<Generation> odd) {
        var findings = new Findings(RULE);
        for (Exchange exchange : malicious) {
            if (ErrorForm.judge(RULE, exchange, 400, "INVALID_REQUEST", Optional.of("job_id"))
                    instanceof Verdict.Broken broken) {
                var first = broken.findings().getFirst();
                findings.add(
                        "a job_id %s to be refused by %s".formatted(exchange.label(), first.expected()),
                        first.actual());
            }
            reflected(exchange, findings);
        }
        long unusual = 0;
        for (Generation generation : odd) {
            unusual += echoed(generation, findings) ? 1 : 0;
        }
        return malicious.isEmpty()
                ? findings.orInconclusive("no malicious id was sent")
                : findings.orHeld(
                        "%d malicious ids refused and nowhere reflected as a line, %d of %d odd ids echoed exactly"
                                .formatted(malicious.size(), unusual, odd.size()));
    }

    /** Judges a worker's log of the same calls. */
    public static Verdict log(String log) {
        var findings = new Findings(RULE);
        log.lines()
                .filter(line ->
                        line.strip().startsWith(INJECTED) || line.strip().startsWith("data: " + INJECTED))
                .findFirst()
                .ifPresent(line -> findings.add("no log line that a job_id began", "there was " + Shown.quoted(line)));
        long controls = log.chars()
                .filter(c -> Character.isISOControl(c) && c != '\n' && c != '\t' && c != 0x1b)
                .count();
        if (controls > 0) {
            findings.add("no control character of a job_id in the log", "there were %d".formatted(controls));
        }
        return log.isBlank()
                ? findings.orInconclusive("the worker wrote no log")
                : findings.orHeld("no malicious id shows as a line in %d lines of log"
                        .formatted(log.lines().count()));
    }

    private static void reflected(Exchange exchange, Findings findings) {
        boolean header = exchange.head().stream()
                .flatMap(h -> h.headers().stream())
                .anyMatch(h -> h.getKey().equalsIgnoreCase(INJECTED));
        boolean line =
                exchange.bodyText().lines().anyMatch(l -> l.startsWith(INJECTED) || l.startsWith("data: " + INJECTED));
        if (header || line) {
            findings.add(
                    "no line of an answer that a job_id began",
                    "%s of the answer to an id %s did".formatted(header ? "a header" : "a line", exchange.label()));
        }
    }

    /** Whether the id came back; a clean refusal of what is no visible ASCII is nobody's fault. */
    private static boolean echoed(Generation generation, Findings findings) {
        String asked = generation.request().flatMap(r -> r.string("job_id")).orElse("");
        boolean plain = asked.chars().allMatch(c -> c > 0x20 && c < 0x7f);
        if (generation.exchange().status() == 400 && !plain) {
            return false;
        }
        Optional<String> got =
                generation.first("started").flatMap(e -> Fields.of(e.data())).flatMap(f -> f.string("job_id"));
        if (got.filter(asked::equals).isEmpty()) {
            findings.add(
                    "the legal job_id %s back in started".formatted(Shown.quoted(asked)),
                    got.map(id -> "it was " + Shown.quoted(id)).orElse("there was none: " + generation.outcome()));
            return false;
        }
        return true;
    }
}
