package dev.touchstone.harness.target;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * Every limit of time that the kit judges or waits by. Immutable; start from {@link #defaults()} and use
 * {@link #with(String)}, whose names are these components in kebab case.
 *
 * @param connect the kit's own limit for a TCP connection, 5 s
 * @param head response head after the request, 1 s (EV-11)
 * @param request the kit's own limit for a whole exchange, 120 s
 * @param idle the kit's own limit for a worker that sends no byte, twice what EV-11 lets a connection be silent, 30 s
 * @param close terminal event to the end of the body, 2 s (EV-02)
 * @param healthP99 health during inference, 100 ms (HL-02)
 * @param cancel cancel to terminal event, 100 ms (CA-01)
 * @param cancelHard hard limit of the same, 5 s (CA-01)
 * @param ttftP95 time to first token, 100 ms (PF-01)
 * @param itlP95 inter-token latency, 50 ms (PF-02)
 * @param gapFactor largest inter-token gap over the median, 5 (HL-02)
 * @param gapFloor gaps below this are never held against a worker, 50 ms (HL-02)
 * @param startUp start of a worker process to its first healthy answer, 60 s
 * @param refusal of a request that is far too large, to the end of its answer, 1 s (CX-03)
 * @param atRest end of a generation to a health that shows none, 1 s (HL-04)
 * @param unhealthy failure of the engine to a health that says so, 10 s (HL-05)
 * @param longPrompt the kit's own limit for what a scenario spends on reading prompts that fill the context, 60 s
 * @param clockSkew difference between the worker's clock and ours, 5 s (EV-03)
 */
public record Budgets(
        Duration connect,
        Duration head,
        Duration request,
        Duration idle,
        Duration close,
        Duration healthP99,
        Duration cancel,
        Duration cancelHard,
        Duration ttftP95,
        Duration itlP95,
        double gapFactor,
        Duration gapFloor,
        Duration startUp,
        Duration refusal,
        Duration atRest,
        Duration unhealthy,
        Duration longPrompt,
        Duration clockSkew) {

    /** The names that {@link #with(String)} takes. */
    public static final List<String> NAMES = List.of(
            "connect",
            "head",
            "request",
            "idle",
            "close",
            "health-p99",
            "cancel",
            "cancel-hard",
            "ttft-p95",
            "itl-p95",
            "gap-factor",
            "gap-floor",
            "start-up",
            "refusal",
            "at-rest",
            "unhealthy",
            "long-prompt",
            "clock-skew");

    public static Budgets defaults() {
        return new Budgets(
                Duration.ofSeconds(5),
                Duration.ofSeconds(1),
                Duration.ofSeconds(120),
                Duration.ofSeconds(30),
                Duration.ofSeconds(2),
                Duration.ofMillis(100),
                Duration.ofMillis(100),
                Duration.ofSeconds(5),
                Duration.ofMillis(100),
                Duration.ofMillis(50),
                5.0,
                Duration.ofMillis(50),
                Duration.ofSeconds(60),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Duration.ofSeconds(5));
    }

    /**
     * Changes one budget, given as {@code name=value}; durations read {@code 250ms}, {@code 1.5s} or {@code 2m}, and a
     * bare number is milliseconds.
     *
     * @throws InvalidSetting where the name or the value is not accepted
     */
    public Budgets with(String setting) {
        int equals = setting.indexOf('=');
        if (equals < 1) {
            throw new InvalidSetting("The budget '" + setting + "' is not of the form name=value, such as head=1s.");
        }
        return with(
                setting.substring(0, equals).strip(),
                setting.substring(equals + 1).strip());
    }

    /** Changes several budgets in turn, each given as {@code name=value}. */
    public Budgets withAll(Collection<String> settings) {
        Budgets changed = this;
        for (String setting : settings) {
            changed = changed.with(setting);
        }
        return changed;
    }

    /** Changes one budget by name. */
    public Budgets with(String name, String value) {
        if (!NAMES.contains(name)) {
            throw new InvalidSetting("There is no budget '" + name + "'; there are " + String.join(", ", NAMES) + ".");
        }
        if (name.equals("gap-factor")) {
            return with(name, Duration.ZERO, BudgetValue.factor(name, value));
        }
        return with(name, BudgetValue.duration(name, value), gapFactor);
    }

    private Budgets with(String name, Duration value, double factor) {
        return new Budgets(
                name.equals("connect") ? value : connect,
                name.equals("head") ? value : head,
                name.equals("request") ? value : request,
                name.equals("idle") ? value : idle,
                name.equals("close") ? value : close,
                name.equals("health-p99") ? value : healthP99,
                name.equals("cancel") ? value : cancel,
                name.equals("cancel-hard") ? value : cancelHard,
                name.equals("ttft-p95") ? value : ttftP95,
                name.equals("itl-p95") ? value : itlP95,
                factor,
                name.equals("gap-floor") ? value : gapFloor,
                name.equals("start-up") ? value : startUp,
                name.equals("refusal") ? value : refusal,
                name.equals("at-rest") ? value : atRest,
                name.equals("unhealthy") ? value : unhealthy,
                name.equals("long-prompt") ? value : longPrompt,
                name.equals("clock-skew") ? value : clockSkew);
    }
}
