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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** One run under way: lends the target to scenarios and gathers their results. Thread-safe. */
final class RunSession implements Stage {

    /** Once it is judged, so much of each body is kept as evidence until the run ends; the memory must last for all. */
    private static final long KEPT_OF_A_BODY = 256 * 1024;

    private final ScenarioSource suite;
    private final Plan plan;
    private final Lent lent;
    private final Consumer<ScenarioResult> onResult;
    private final UnaryOperator<ScenarioResult> finish;
    private final List<ScenarioResult> results = new ArrayList<>();
    private final Map<String, ScenarioLog> logs = new ConcurrentHashMap<>();
    private final Semaphore waiting = new Semaphore(0);
    private final AtomicInteger jobs = new AtomicInteger();
    private final String jobPrefix =
            "touchstone-" + UUID.randomUUID().toString().substring(0, 8) + "-";
    private final Pulse pulse;
    private final Set<String> leftOut = ConcurrentHashMap.newKeySet();
    private Predicate<ScenarioResult> until = _ -> false;
    private volatile boolean enough;
    private volatile int round = 1;

    /**
     * @param finish what is done to a result before anyone sees it, such as taking secrets out
     * @param onResult told of each result, one at a time
     */
    RunSession(
            ScenarioSource suite,
            Plan plan,
            Lent lent,
            UnaryOperator<ScenarioResult> finish,
            Consumer<ScenarioResult> onResult) {
        this.finish = finish;
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
     * @param earlier what an earlier run saw, where this one only judges
     */
    record Lent(
            Target target,
            Capabilities capabilities,
            Optional<WorkerLauncher> launcher,
            SkillSource skills,
            HostOnce host,
            Earlier earlier) {}

    /** Where the evidence of an earlier run is found. */
    @FunctionalInterface
    interface Earlier {
        /** None: this run asks the worker. */
        Earlier NONE = (_, _) -> Optional.empty();

        /** @param round from 1 */
        Optional<RecordedScenario> scenario(String id, int round);
    }

    /** Where the skills of the model are found out. */
    @FunctionalInterface
    interface SkillSource {
        Skills skills() throws InterruptedException;
    }

    /**
     * Has no further scenario begin after the first result of which this is true; those that did not are left out. Before
     * the run.
     */
    void until(Predicate<ScenarioResult> last) {
        until = last;
    }

    /** Says which time in a row the scenarios are run, from 1; not while any runs. */
    void beginRound(int number) {
        round = number;
    }

    /** Begins the log of a scenario. */
    ScenarioLog begin(String key, Instant at) {
        return logs.computeIfAbsent(key, _ -> new ScenarioLog(at, round));
    }

    /** The log of a scenario that has begun. */
    ScenarioLog log(String key) {
        return begin(key, Instant.now());
    }

    /** Forgets the log of a scenario that has ended, since it holds all that was seen. */
    void forget(String key) {
        logs.remove(key);
    }

    /** Gives a permit for each scenario that has come to its end, or only waits. */
    Semaphore waiting() {
        return waiting;
    }

    ScenarioSource suite() {
        return suite;
    }

    Plan plan() {
        return plan;
    }

    /** Takes a scenario's result; one that was not planned is left out. */
    synchronized void accept(ScenarioResult result) {
        if (plan.plans(result.id()) && !leftOut.contains(result.id())) {
            ScenarioResult finished = finish.apply(result).packed(KEPT_OF_A_BODY);
            results.add(finished);
            onResult.accept(finished);
            enough = enough || until.test(finished);
        }
    }

    /** In the order of the feature files, whatever the order in which they ended; round by round. */
    synchronized List<ScenarioResult> results() {
        List<String> order = plan.scenarios().stream().map(FoundScenario::id).toList();
        return results.stream()
                .sorted(Comparator.comparingInt(ScenarioResult::round)
                        .thenComparingInt(result -> order.indexOf(result.id())))
                .toList();
    }

    @Override
    public ScenarioStage enter(Entry entry) {
        String id = suite.scenarioId(entry.uri(), entry.line());
        Optional<RecordedScenario> recorded = lent.earlier().scenario(id, round);
        ScenarioLog log = log(entry.key());
        recorded.ifPresent(r -> r.kitErrors().forEach(log::kitError));
        boolean tooLate = enough;
        if (tooLate) {
            leftOut.add(id);
        }
        return new Part(log, plan.plans(id) && !tooLate, recorded.map(RecordedScenario::kept));
    }

    /** One scenario's part of the run. */
    private final class Part implements ScenarioStage {
        private final ScenarioLog log;
        private final boolean planned;
        private final Optional<Kept> kept;
        private final AtomicBoolean settled = new AtomicBoolean();

        Part(ScenarioLog log, boolean planned, Optional<Kept> kept) {
            this.kept = kept;
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
            return kept;
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
        public void settled() {
            if (settled.compareAndSet(false, true)) {
                waiting.release();
            }
        }

        @Override
        public void keep(Kept kept) {
            settled();
            log.keep(kept);
            pulse.add(kept.mapping(e -> e.shortened(KEPT_OF_A_BODY)).exchanges());
        }
    }
}
