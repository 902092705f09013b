package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Finding;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Judges QU-01: concurrent requests are all answered, each by its own stream, in order where they run one by one. */
public final class ConcurrentStreams {
    private static final String RULE = "QU-01";

    private ConcurrentStreams() {}

    /**
     * @param rounds each of requests in the order in which they were sent, each sent while those before it were under
     *     way. Order is only wrong where it is wrong in every round, since a busy kit may send or see late
     * @param model the model's name, as health tells it; not looked at in the OpenAI dialect
     */
    public static Verdict judge(List<List<Generation>> rounds, String model, Duration closing, Duration skew) {
        var findings = new Findings(RULE);
        List<List<Generation>> served = rounds.stream()
                .map(round -> round.stream().filter(g -> !isBusy(g.exchange())).toList())
                .toList(); // QU-02 judges how a full queue refuses
        served.forEach(round -> {
            for (int n = 0; n < round.size(); n++) {
                whole(n + 1, round.get(n), model, closing, skew, findings);
            }
        });
        if (served.stream().anyMatch(round -> round.size() < 2) || served.isEmpty()) {
            return findings.orInconclusive("fewer than two requests were taken at once");
        }
        if (served.stream().anyMatch(Moments::severalAtOnce)) {
            return findings.orHeld(
                    "%d concurrent streams, each whole and its own job's; order not judged, since the worker runs several at once"
                            .formatted(served.getLast().size()));
        }
        List<Finding> inversions = new ArrayList<>();
        if (served.stream().allMatch(round -> isInverted(round, inversions))) {
            inversions.forEach(findings::add);
        }
        return findings.orHeld(
                "%d concurrent streams, each whole and its own job's; %d waited for another, in order of arrival"
                        .formatted(served.getLast().size(), waited(served.getLast())));
    }

    /** Whether a round is in order, so that no further one is needed. */
    public static boolean inOrder(List<Generation> round) {
        return Moments.severalAtOnce(round) || !isInverted(round, new ArrayList<>());
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

    private static boolean isInverted(List<Generation> round, List<Finding> inversions) {
        int known = inversions.size();
        for (int n = 1; n < round.size(); n++) {
            Optional<Instant> mine = Moments.firstText(round.get(n));
            Optional<Instant> before = Moments.firstText(round.get(n - 1));
            if (mine.isPresent() && before.isPresent() && mine.get().isBefore(before.get())) {
                inversions.add(Finding.of(
                        "requests served in the order of arrival by a worker that runs one at a time",
                        "request %d was served before request %d".formatted(n + 1, n)));
            }
        }
        return inversions.size() > known;
    }

    /** How many had to wait for the one before. */
    private static long waited(List<Generation> round) {
        return IntStream.range(1, round.size())
                .filter(n -> Moments.sent(round.get(n).exchange()).isBefore(Moments.lastEvent(round.get(n - 1))))
                .count();
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
