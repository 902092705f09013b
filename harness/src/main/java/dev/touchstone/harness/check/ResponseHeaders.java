package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.Optional;

/**
 * Judges SE-04 by the headers of answers. A bare product name in {@code Server} is no version (RFC 9110, section
 * 10.2.4, warns of detail); {@code nosniff} is the one value of {@code X-Content-Type-Options} (WHATWG Fetch).
 */
public final class ResponseHeaders {
    private static final String RULE = "SE-04";

    private ResponseHeaders() {}

    /**
     * @param answers of several routes, asked with an {@code Origin} that nobody has configured
     * @param origin that Origin
     * @param shutdown POST /shutdown from another address than loopback and without a token, where it could be tried
     */
    public static Verdict judge(List<Exchange> answers, String origin, Optional<Exchange> shutdown) {
        var findings = new Findings(RULE);
        for (Exchange answer : answers) {
            answer.head().ifPresent(head -> {
                head.header("Server")
                        .filter(s -> s.matches(".*\\d.*"))
                        .ifPresent(s -> findings.add(
                                "no Server header with a version from " + answer.label(), "it was " + Shown.quoted(s)));
                head.header("X-Powered-By")
                        .filter(s -> s.matches(".*\\d.*"))
                        .ifPresent(s -> findings.add(
                                "no X-Powered-By with a version from " + answer.label(), "it was " + Shown.quoted(s)));
                head.header("Access-Control-Allow-Origin")
                        .map(String::strip)
                        .filter(o -> o.equals("*") || o.equals(origin))
                        .ifPresent(o -> findings.add(
                                "no CORS for every origin unless it is configured, from " + answer.label(),
                                "Access-Control-Allow-Origin was " + o));
                if (head.header("X-Content-Type-Options")
                        .filter(v -> v.strip().equalsIgnoreCase("nosniff"))
                        .isEmpty()) {
                    findings.add("X-Content-Type-Options: nosniff from " + answer.label(), "it was absent or another");
                }
            });
        }
        shutdown.filter(s -> s.head().isPresent() && s.status() < 400)
                .ifPresent(s -> findings.add(
                        "POST /shutdown from another address, without a token, to be refused", Shown.answer(s)));
        boolean none = answers.stream().allMatch(a -> a.head().isEmpty());
        String remote = shutdown.map(s -> s.head().isEmpty()
                        ? "the worker cannot be reached but by loopback"
                        : "remote shutdown refused with " + s.status())
                .orElse("remote shutdown not tried, since the kit did not start this worker");
        return none
                ? findings.orInconclusive("no answer came")
                : findings.orHeld("headers of %d answers; %s".formatted(answers.size(), remote));
    }
}
