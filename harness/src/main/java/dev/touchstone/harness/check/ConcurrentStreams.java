package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Finding;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Judges QU-01: concurrent requests are all answered, each by its own stream, in order where they run one by one. */
public final class ConcurrentStreams {
    private static final String RULE = "QU-01";

    private ConcurrentStreams() {}

    /**
     * @param generations in the order in which they were sent, each sent while those before it were under way
     * @param model the model's name, as health tells it; not looked at in the OpenAI dialect
     */
    public static Verdict judge(List<Generation> generations, String model, Duration closing, Duration skew) {
        var findings = new Findings(RULE);
        List<Generation> served = new ArrayList<>();
        for (int n = 0; n < generations.size(); n++) {
            Generation generation = generations.get(n);
            if (isBusy(generation.exchange())) {
                continue; // QU-02 judges how a full queue refuses
            }
            served.add(generation);
            whole(n + 1, generation, model, closing, skew, findings);
        }
        if (served.size() < 2) {
            return findings.orInconclusive("fewer than two of %d requests were taken".formatted(generations.size()));
        }
        String order = "order not judged, since the worker runs several at once";
        if (!Moments.severalAtOnce(served)) {
            long waited = order(served, findings);
            order = "%d waited for another, in order of arrival".formatted(waited);
        }
        return findings.orHeld(
                "%d concurrent streams, each whole and its own job's; %s".formatted(served.size(), order));
    }

    private static void whole(
            int number, Generation generation, String model, Duration closing, Duration skew, Findings findings) {
        if (!generation.ended()) {
            findings.add("request %d of several at once to be answered".formatted(number), generation.outcome());
            return;
        }
        if (generation.isOpenAi()) {
            return;
        }
        List.of(
                        SseFraming.judge(generation),
                        EventOrder.judge(generation, closing),
                        StartedEvent.judge(generation, model, skew),
                        TokenNumbering.judge(generation),
                        EndEvent.judge(generation))
                .forEach(verdict -> {
                    if (verdict instanceof Verdict.Broken broken) {
                        findings.add(inRequest(number, broken));
                    }
                });
    }

    /** Returns how many had to wait. */
    private static long order(List<Generation> served, Findings findings) {
        long waited = 0;
        for (int n = 1; n < served.size(); n++) {
            Optional<Instant> mine = Moments.firstText(served.get(n));
            Optional<Instant> before = Moments.firstText(served.get(n - 1));
            if (mine.isEmpty() || before.isEmpty()) {
                continue;
            }
            if (Moments.sent(served.get(n).exchange()).isBefore(Moments.lastEvent(served.get(n - 1)))) {
                waited++;
            }
            if (mine.get().isBefore(before.get())) {
                findings.add(
                        "requests served in the order of arrival by a worker that runs one at a time",
                        "request %d was served before request %d".formatted(n + 1, n));
            }
        }
        return waited;
    }

    static boolean isBusy(Exchange exchange) {
        return exchange.status() == 503 || exchange.status() == 429;
    }

    private static Finding inRequest(int number, Verdict.Broken broken) {
        Finding first = broken.findings().getFirst();
        return new Finding(
                first.expected(),
                "concurrent request %d broke %s: %s".formatted(number, broken.rule(), first.actual()),
                first.byteOffset(),
                first.atMillis());
    }
}
