package dev.touchstone.features.run;

import dev.touchstone.features.steps.CurrentStage;
import dev.touchstone.harness.cli.CommandFailure;
import dev.touchstone.harness.contract.ContractCatalogue;
import dev.touchstone.harness.contract.Requirement;
import dev.touchstone.harness.evidence.HostSamples;
import dev.touchstone.harness.launch.CommandTemplate;
import dev.touchstone.harness.launch.LaunchFailure;
import dev.touchstone.harness.launch.LaunchedWorker;
import dev.touchstone.harness.launch.WorkerLauncher;
import dev.touchstone.harness.target.BudgetScale;
import dev.touchstone.harness.target.Budgets;
import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.target.TargetTiming;
import dev.touchstone.harness.transcript.Redaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** One whole run: worker, plan, scenarios, results, reports, exit status. */
final class ConformanceRun {

    private final RunSettings settings;
    private final Account account;
    private final ScenarioSource suite;
    private final Clock clock;
    private final ContractCatalogue catalogue = Contract.catalogue();
    private final Expectations expectations;
    private final Redaction redaction;
    /** Of a worker that this run starts, or whose host is elsewhere. */
    private Optional<HostOnce> host = Optional.empty();

    private Predicate<ScenarioResult> until = _ -> false;

    ConformanceRun(RunSettings settings, Account account, ScenarioSource suite) {
        this(settings, account, suite, Clock.systemDefaultZone());
    }

    /** @param clock tells when the run began and which day it is for expectations that end */
    ConformanceRun(RunSettings settings, Account account, ScenarioSource suite, Clock clock) {
        this.settings = settings;
        this.account = account;
        this.suite = suite;
        this.clock = clock;
        this.expectations = Expectations.read(settings.manner().expectations());
        this.redaction = new Redaction(settings.hints().token());
    }

    /** Takes the evidence of the worker's host from there; before the run, of a worker that runs already. */
    void lookAt(HostEvidence evidence) {
        host = Optional.of(HostOnce.of(evidence));
    }

    /** Has no further scenario begin after the first result of which this is true. */
    void until(Predicate<ScenarioResult> last) {
        until = last;
    }

    /**
     * Runs everything and returns the exit status.
     *
     * @throws CommandFailure with one sentence when the run cannot begin or its results cannot be written
     */
    int execute() throws InterruptedException {
        return summarise(Optional.empty()).exitStatus();
    }

    /**
     * Runs everything and returns what it came to.
     *
     * @param known the scenarios, where they have been found before
     * @throws CommandFailure with one sentence when the run cannot begin or its results cannot be written
     */
    Summary summarise(Optional<List<FoundScenario>> known) throws InterruptedException {
        settings.only().ifPresent(catalogue::select); // a typing error should not wait for a worker to load
        if (settings.url().isPresent()) {
            boolean startable = settings.command().isPresent();
            return judge(settings.url().get(), startable, known.orElseGet(() -> new SuiteLauncher(suite).discover()));
        }
        CommandTemplate template =
                new CommandTemplate(settings.command().orElseThrow(() -> new CommandFailure("No worker was named.")));
        // while the worker loads its model
        Optional<Discovery> discovery = known.isPresent() ? Optional.empty() : Optional.of(Discovery.begin(suite));
        Optional<HostSamples> before = HostOnce.look();
        try (LaunchedWorker worker =
                new WorkerLauncher(template, settings.budgets().startUp()).start()) {
            host = Optional.of(HostOnce.of(worker, before, settings.hints().modelBytes()));
            try {
                return judge(
                        worker.url(),
                        true,
                        discovery.isPresent() ? discovery.get().scenarios() : known.orElseThrow());
            } finally {
                worker.close();
                keepLog(worker);
            }
        } catch (LaunchFailure e) {
            throw new CommandFailure("" + e.getMessage());
        }
    }

    private Summary judge(String url, boolean launched, List<FoundScenario> found) throws InterruptedException {
        Opened opened = open(url, launched, found);
        try {
            for (int round = 1; round <= settings.manner().rounds(); round++) {
                opened.session().beginRound(round);
                new SuiteLauncher(suite)
                        .run(
                                opened.session().plan().scenarios(),
                                opened.session().waiting());
            }
        } finally {
            disconnect();
        }
        return close(opened);
    }

    /**
     * A run whose scenarios may begin.
     *
     * @param facts with the budgets that are applied
     * @param startNanos by {@link System#nanoTime()}
     */
    record Opened(
            TargetFacts facts,
            TargetTiming timing,
            RunSession session,
            SkillsOnce skills,
            Instant startedAt,
            long startNanos) {}

    /** Asks the worker what it is, plans, and makes the run known to the scenarios. */
    Opened open(String url, boolean launched) throws InterruptedException {
        return open(url, launched, new SuiteLauncher(suite).discover());
    }

    private Opened open(String url, boolean launched, List<FoundScenario> found) throws InterruptedException {
        TargetFacts asked = new TargetProbe(settings.hints()).probe(TargetProbe.baseUrl(url), launched, false);
        TargetTiming timing = TargetTiming.measure(asked.target());
        Budgets applied = BudgetScale.widened(
                settings.budgets(), timing, settings.manner().givenBudgets());
        Target target = asked.target().withBudgets(applied);
        TargetFacts facts = new TargetFacts(target, asked.capabilities(), asked.launched(), asked.health());
        Plan whole = new Planner(catalogue, found).plan(facts, settings.only(), settings.required());
        Plan plan = settings.manner().smoke() ? whole.smoke() : whole;
        account.begin(facts, plan, settings.manner());
        SkillsOnce skills = new SkillsOnce(target);
        RunSession session = session(plan, facts, skills);
        session.until(until);
        CurrentStage.set(session);
        RunListener.listenFor(session);
        return new Opened(facts, timing, session, skills, clock.instant(), System.nanoTime());
    }

    /** Writes the results and reports of what ran. */
    Summary close(Opened opened) {
        disconnect();
        Circumstances circumstances = new Circumstances(
                Contract.PROFILE,
                opened.startedAt(),
                Duration.ofNanos(System.nanoTime() - opened.startNanos()),
                opened.facts(),
                opened.timing(),
                opened.skills().known(),
                settings.command(),
                settings.manner().requiring(settings.required()));
        return new Conclusion(settings.out(), settings.report(), account, catalogue, expectations, redaction, clock)
                .conclude(opened.session().plan(), opened.session().results(), circumstances);
    }

    private static void disconnect() {
        RunListener.listenForNone();
        CurrentStage.clear();
    }

    private RunSession session(Plan plan, TargetFacts facts, SkillsOnce skills) {
        Map<String, Requirement> byId =
                plan.catalogue().stream().collect(Collectors.toMap(Requirement::id, Function.identity()));
        return new RunSession(
                suite,
                plan,
                new RunSession.Lent(
                        facts.target(),
                        facts.capabilities(),
                        launcher(),
                        skills,
                        host.orElseGet(() -> HostOnce.of(
                                facts.target(),
                                settings.hints().pid(),
                                settings.hints().modelBytes())),
                        RunSession.Earlier.NONE),
                result -> RedactedResult.of(result, redaction),
                result -> account.scenario(result, byId));
    }

    private Optional<WorkerLauncher> launcher() {
        return settings.command()
                .map(command -> new WorkerLauncher(
                        new CommandTemplate(command),
                        settings.budgets().startUp(),
                        settings.breakEngine().map(CommandTemplate::new)));
    }

    private void keepLog(LaunchedWorker worker) {
        Path file = settings.out().resolve("evidence").resolve("worker.log");
        try {
            Files.createDirectories(settings.out().resolve("evidence"));
            Files.writeString(file, redaction.text(worker.log()));
        } catch (IOException e) {
            throw new CommandFailure("The worker's log cannot be written to " + file + ": " + e.getMessage() + ".");
        }
    }
}
