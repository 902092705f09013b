package dev.touchstone.harness.target;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Every limit that the kit judges or waits by, nearly all of time. Immutable; start from {@link #defaults()} and use
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
 * @param disconnect client gone to the start of the next request, 500 ms beside that request's own time (CA-04)
 * @param writeTimeout the worker's write timeout, after which a client that does not read is cut off, 10 s (CA-05)
 * @param slowBody the worker's limit for receiving a request, 10 s (SE-03)
 * @param prefillGap gap of a running stream during another's prefill that is never held against a worker, 500 ms (QU-04)
 * @param queueMost a count: requests at once of which at least one must be refused as too many, 600 (QU-02)
 * @param exit SIGTERM to the end of the process, 5 s (LI-02)
 * @param startRefusal start of a process to its refusal of a bad command line or model, 30 s (LI-01)
 * @param startUpHealthy start of a process to its first healthy answer, 10 s (LI-04)
 * @param firstAnswer how much longer than later ones the first request after a start may wait, 1 s (LI-06)
 * @param healthLoadP99 health during inference, as a figure, 10 ms (PF-03)
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
        Duration clockSkew,
        Duration disconnect,
        Duration writeTimeout,
        Duration slowBody,
        Duration prefillGap,
        double queueMost,
        Duration exit,
        Duration startRefusal,
        Duration startUpHealthy,
        Duration firstAnswer,
        Duration healthLoadP99) {

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
            "clock-skew",
            "disconnect",
            "write-timeout",
            "slow-body",
            "prefill-gap",
            "queue-most",
            "exit",
            "start-refusal",
            "start-up-healthy",
            "first-answer",
            "health-load-p99");

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
                Duration.ofSeconds(5),
                Duration.ofMillis(500),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofMillis(500),
                600.0,
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                Duration.ofSeconds(1),
                Duration.ofMillis(10));
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

    /** Every budget under its name: a {@link Duration}, or a number where it is a factor or a count. */
    public Map<String, Object> all() {
        Map<String, Object> all = new LinkedHashMap<>();
        for (RecordComponent component : Budgets.class.getRecordComponents()) {
            String name =
                    component.getName().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
            try {
                all.put(name, component.getAccessor().invoke(this));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("the budget " + name + " cannot be read", e);
            }
        }
        return all;
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
        if (name.equals("gap-factor") || name.equals("queue-most")) {
            return with(name, Duration.ZERO, BudgetValue.factor(name, value));
        }
        return with(name, BudgetValue.duration(name, value), 0);
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
                name.equals("gap-factor") ? factor : gapFactor,
                name.equals("gap-floor") ? value : gapFloor,
                name.equals("start-up") ? value : startUp,
                name.equals("refusal") ? value : refusal,
                name.equals("at-rest") ? value : atRest,
                name.equals("unhealthy") ? value : unhealthy,
                name.equals("long-prompt") ? value : longPrompt,
                name.equals("clock-skew") ? value : clockSkew,
                name.equals("disconnect") ? value : disconnect,
                name.equals("write-timeout") ? value : writeTimeout,
                name.equals("slow-body") ? value : slowBody,
                name.equals("prefill-gap") ? value : prefillGap,
                name.equals("queue-most") ? factor : queueMost,
                name.equals("exit") ? value : exit,
                name.equals("start-refusal") ? value : startRefusal,
                name.equals("start-up-healthy") ? value : startUpHealthy,
                name.equals("first-answer") ? value : firstAnswer,
                name.equals("health-load-p99") ? value : healthLoadP99);
    }
}
