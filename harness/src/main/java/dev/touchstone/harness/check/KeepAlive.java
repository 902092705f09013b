package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.List;

/**
 * Judges EV-09: nothing is compressed unasked, and requests one after another on a connection that is kept are each
 * answered by their own answer. A worker that closes after an answer, and says so, keeps the rule (RFC 9112, section 9.3).
 */
public final class KeepAlive {
    /** The label of a request that is no JSON: what it is answered is judged elsewhere. */
    public static final String NO_JSON = "no JSON";

    private static final String RULE = "EV-09";

    private KeepAlive() {}

    /**
     * @param all answers in the order of their requests; each asked for no compression
     * @param closing how long a stream may stay open after its last event
     */
    public static Verdict judge(List<Exchange> all, Duration closing) {
        var findings = new Findings(RULE);
        for (int n = 0; n < all.size(); n++) {
            Exchange exchange = all.get(n);
            String which = "request %d of %d, %s".formatted(n + 1, all.size(), exchange.label());
            encoding(exchange, which, findings);
            if (exchange.head().isEmpty() || !(exchange.end() instanceof BodyEnd.Complete)) {
                findings.add("an answer to " + which, Shown.end(exchange.end()));
            } else if (exchange.label().equals(NO_JSON)) {
                // What a refusal leaves on the connection shows in the next answer.
                continue;
            } else if (exchange.request().method().equals("POST")) {
                stream(exchange, which, closing, findings);
            } else if (exchange.status() != 200) {
                findings.add("200 to " + which, Shown.answer(exchange));
            }
        }
        return all.size() < 3
                ? findings.orInconclusive("only %d requests were made".formatted(all.size()))
                : findings.orHeld("%d requests on kept connections, each with its own answer, none compressed"
                        .formatted(all.size()));
    }

    private static void encoding(Exchange exchange, String which, Findings findings) {
        exchange.head()
                .flatMap(h -> h.header("Content-Encoding"))
                .filter(e -> !e.strip().equalsIgnoreCase("identity"))
                .ifPresent(e -> findings.add(
                        "no compression, which was not asked for", "%s had Content-Encoding %s".formatted(which, e)));
    }

    private static void stream(Exchange exchange, String which, Duration closing, Findings findings) {
        Generation generation = Generation.of(exchange);
        if (EventOrder.judge(generation, closing) instanceof Verdict.Broken broken) {
            findings.add("a whole stream for " + which, broken.summary());
            return;
        }
        String job = generation.request().flatMap(f -> f.string("job_id")).orElse("");
        String named = generation
                .first("started")
                .flatMap(e -> Fields.of(e.data()))
                .flatMap(f -> f.string("job_id"))
                .orElse(job);
        if (!named.equals(job)) {
            findings.add("the stream of job %s for %s".formatted(job, which), "it was that of job " + named);
        }
    }
}
