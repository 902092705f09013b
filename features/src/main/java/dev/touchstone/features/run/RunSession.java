package dev.touchstone.features.run;

import dev.touchstone.features.steps.HostAccess;
import dev.touchstone.features.steps.Kept;
import dev.touchstone.features.steps.ScenarioStage;
import dev.touchstone.features.steps.Stage;
import dev.touchstone.harness.launch.WorkerLauncher;
import dev.touchstone.harness.target.Capabilities;
import dev.touchstone.harness.target.Skills;
import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Figure;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** One run under way: lends the target to scenarios and gathers their results. Thread-safe. */
final class RunSession implements Stage {

    private final ScenarioSource suite;
    private final Plan plan;
    private final Lent lent;
    private final Consumer<ScenarioResult> onResult;
    private final List<ScenarioResult> results = new ArrayList<>();
    private final Map<String, ScenarioLog> logs = new ConcurrentHashMap<>();
    private final AtomicInteger jobs = new AtomicInteger();
    private final String jobPrefix =
            "touchstone-" + UUID.randomUUID().toString().substring(0, 8) + "-";
    private final Pulse pulse;

    RunSession(ScenarioSource suite, Plan plan, Lent lent, Consumer<ScenarioResult> onResult) {
        this.suite = suite;
        this.plan = plan;
        this.lent = lent;
        this.onResult = onResult;
        this.pulse = new Pulse(lent.target());
    }

    /**
     * What all scenarios of a run share.
     *
     * @param launcher where the kit can start the worker
     * @param skills asked for when the first scenario needs them
     * @param host found when the first scenario needs it
     */
    record Lent(
            Target target,
            Capabilities capabilities,
            Optional<WorkerLauncher> launcher,
            SkillSource skills,
            HostOnce host) {}

    /** Where the skills of the model are found out. */
    @FunctionalInterface
    interface SkillSource {
        Skills skills() throws InterruptedException;
    }

    /** Begins the log of a scenario. */
    ScenarioLog begin(String key, Instant at) {
        return logs.computeIfAbsent(key, _ -> new ScenarioLog(at));
    }

    /** The log of a scenario that has begun. */
    ScenarioLog log(String key) {
        return begin(key, Instant.now());
    }

    ScenarioSource suite() {
        return suite;
    }

    Plan plan() {
        return plan;
    }

    /** Takes a scenario's result; one that was not planned is left out. */
    synchronized void accept(ScenarioResult result) {
        if (plan.plans(result.id())) {
            results.add(result);
            onResult.accept(result);
        }
    }

    synchronized List<ScenarioResult> results() {
        return List.copyOf(results);
    }

    @Override
    public ScenarioStage enter(Entry entry) {
        return new Part(log(entry.key()), plan.plans(suite.scenarioId(entry.uri(), entry.line())));
    }

    /** One scenario's part of the run. */
    private final class Part implements ScenarioStage {
        private final ScenarioLog log;
        private final boolean planned;

        Part(ScenarioLog log, boolean planned) {
            this.log = log;
            this.planned = planned;
        }

        @Override
        public Target target() {
            return lent.target();
        }

        @Override
        public Capabilities capabilities() {
            return lent.capabilities();
        }

        @Override
        public Skills skills() throws InterruptedException {
            return lent.skills().skills();
        }

        @Override
        public Optional<WorkerLauncher> launcher() {
            return lent.launcher();
        }

        @Override
        public HostAccess host() {
            return lent.host().access();
        }

        @Override
        public Optional<Kept> kept() {
            return Optional.empty();
        }

        @Override
        public String newJobId() {
            return jobPrefix + jobs.incrementAndGet();
        }

        @Override
        public boolean planned() {
            return planned;
        }

        @Override
        public Optional<String> silence(String path, List<Exchange> soFar) {
            return pulse.silence(path, soFar);
        }

        @Override
        public void verdict(Verdict verdict) {
            log.verdict(verdict);
        }

        @Override
        public void figure(Figure figure) {
            log.figure(figure);
        }

        @Override
        public void keep(Kept kept) {
            log.keep(kept);
            pulse.add(kept.exchanges());
        }
    }
}
