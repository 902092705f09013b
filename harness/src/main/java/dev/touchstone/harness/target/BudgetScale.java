package dev.touchstone.harness.target;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Widens what must happen by a moment, for the time that the network and the kit's own machine take:
 *
 * <pre>applied = configured + {@value #ROUND_TRIPS} · round trip + jitter</pre>
 *
 * <p>Four round trips: one to connect, up to two for TLS 1.2 or one for TLS 1.3, one for the request and its answer.
 * Never narrower than configured, and a budget that a person gave is taken as it is. What must <em>not</em> happen for
 * a while, the kit's own limits, factors and counts are left alone.
 */
public final class BudgetScale {

    private static final int ROUND_TRIPS = 4;

    /** Budgets by which something must have happened. */
    static final Set<String> BY = Set.of(
            "head",
            "close",
            "health-p99",
            "cancel",
            "cancel-hard",
            "ttft-p95",
            "itl-p95",
            "gap-floor",
            "disconnect",
            "prefill-gap",
            "exit",
            "start-refusal",
            "start-up-healthy",
            "first-answer",
            "health-load-p99",
            "refusal",
            "at-rest",
            "unhealthy");

    /** The kit's own limits of waiting, limits that the worker sets for others, factors and counts. */
    static final Set<String> AS_THEY_ARE = Set.of(
            "connect",
            "request",
            "idle",
            "gap-factor",
            "start-up",
            "clock-skew",
            "write-timeout",
            "slow-body",
            "queue-most",
            "long-prompt");

    private BudgetScale() {}

    /** What is added to each. */
    public static Duration allowance(TargetTiming timing) {
        return timing.roundTrip().multipliedBy(ROUND_TRIPS).plus(timing.jitter());
    }

    /** @param given names of the budgets that a person gave */
    public static Budgets widened(Budgets configured, TargetTiming timing, Set<String> given) {
        Duration allowance = allowance(timing);
        Budgets applied = configured;
        for (Map.Entry<String, Object> budget : configured.all().entrySet()) {
            String name = budget.getKey();
            if (budget.getValue() instanceof Duration limit
                    && BY.contains(name)
                    && !given.contains(name)
                    && allowance.isPositive()) {
                applied = applied.with(name, text(limit.plus(allowance)));
            }
        }
        return applied;
    }

    private static String text(Duration duration) {
        return String.format(Locale.ROOT, "%.6fms", duration.toNanos() / 1e6);
    }
}
