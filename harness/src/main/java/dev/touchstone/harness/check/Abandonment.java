package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Judges CA-04: clients that go away free the worker for the next request. */
public final class Abandonment {
    private static final String RULE = "CA-04";
    /** What the abandoned jobs would have taken must be this many times what is allowed, or it shows nothing. */
    private static final int TELLING = 2;

    private static final Duration ANY = Duration.ofDays(1);

    private Abandonment() {}

    /**
     * One way of going away.
     *
     * @param way how the clients went, in a few words
     * @param next the request sent right after
     * @param owed what the abandoned jobs would still have taken, by the pace seen
     */
    public record Departure(String way, Generation next, Duration owed) {}

    /**
     * @param alone the same request as {@code next}, on the idle worker
     * @param budget from the departure to the start of the next job, beside the time that it takes alone
     */
    public static Verdict judge(List<Generation> alone, List<Departure> departures, Duration budget) {
        var findings = new Findings(RULE);
        long own = alone.stream()
                .map(Abandonment::startNanos)
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong)
                .min()
                .orElse(-1);
        if (own < 0) {
            return new Verdict.Inconclusive(RULE, "no request could be measured on the idle worker");
        }
        long allowed = budget.toNanos() + own;
        List<String> seen = new ArrayList<>();
        List<String> untold = new ArrayList<>();
        for (Departure departure : departures) {
            OptionalLong start = startNanos(departure.next());
            if (start.isPresent() && start.getAsLong() <= allowed) {
                (departure.owed().toNanos() > TELLING * allowed ? seen : untold)
                        .add("%s %s".formatted(departure.way(), Shown.millis(start.getAsLong())));
            } else {
                findings.add(
                        "a request sent right after clients went away (%s) to start within %s"
                                .formatted(departure.way(), Shown.millis(allowed)),
                        start.isPresent()
                                ? "it started after " + Shown.millis(start.getAsLong())
                                : "it did not: " + departure.next().outcome());
            }
        }
        if (!untold.isEmpty() || seen.isEmpty()) {
            return findings.orInconclusive("the abandoned jobs would have been over too soon to tell: " + untold);
        }
        return findings.orHeld("the next request started in time after clients went " + String.join(", ", seen));
    }

    /**
     * Judges that many departures, one after another, use nothing up: each took a slot, and the next needs one. What
     * their jobs would still have taken does not matter here.
     *
     * @param alone the same request as {@code next}, on the idle worker
     * @param next the request sent after all of them
     */
    public static Verdict nothingUsedUp(List<Generation> alone, Generation next, int clients, Duration budget) {
        return judge(alone, List.of(new Departure(clients + " in a row, by FIN and RST", next, ANY)), budget);
    }

    /**
     * Judges that clients which leave the queue do not disturb the one that is served.
     *
     * @param baselines at least two whole generations of the same request with nobody else
     * @param running the request that ran while others left the queue
     * @param left how many did
     */
    public static Verdict undisturbed(List<Generation> baselines, Generation running, int left) {
        var findings = new Findings(RULE);
        Optional<String> unfit = SameText.unfit(baselines, 2);
        if (unfit.isPresent() || left == 0) {
            return new Verdict.Inconclusive(RULE, unfit.orElse("nobody left the queue"));
        }
        if (!running.ended()) {
            return findings.add(
                            "a running job to come to its end when other clients leave the queue",
                            "its outcome was " + running.outcome())
                    .broken();
        }
        if (SameText.compare(baselines.getFirst(), baselines.getLast(), "", "").isPresent()) {
            return new Verdict.Inconclusive(RULE, "the worker disagrees with itself, DT-01");
        }
        SameText.compare(baselines.getFirst(), running, "the running job", "the same request with nobody else")
                .ifPresent(findings::add);
        return findings.orHeld("%d clients left the queue, and the running job gave its whole text".formatted(left));
    }

    /** When the job started: by its event, or by its first text in the dialect that has none. */
    private static OptionalLong startNanos(Generation generation) {
        return generation
                .first("started")
                .map(event -> OptionalLong.of(event.nanos()))
                .orElseGet(generation::firstTokenNanos);
    }
}
