package dev.touchstone.features.run;

import dev.touchstone.features.steps.CurrentStage;
import dev.touchstone.harness.cli.CommandFailure;
import dev.touchstone.harness.cli.ReportRenderer;
import dev.touchstone.harness.contract.ContractCatalogue;
import dev.touchstone.harness.contract.Requirement;
import dev.touchstone.harness.launch.CommandTemplate;
import dev.touchstone.harness.launch.LaunchFailure;
import dev.touchstone.harness.launch.LaunchedWorker;
import dev.touchstone.harness.launch.WorkerLauncher;
import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.transcript.Redaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.stream.Collectors;

/** One whole run: worker, plan, scenarios, results, reports, exit status. */
final class ConformanceRun {

    private final RunSettings settings;
    private final Account account;
    private final ScenarioSource suite;
    private final ContractCatalogue catalogue = Contract.catalogue();

    ConformanceRun(RunSettings settings, Account account, ScenarioSource suite) {
        this.settings = settings;
        this.account = account;
        this.suite = suite;
    }

    /**
     * Runs everything and returns the exit status.
     *
     * @throws CommandFailure with one sentence when the run cannot begin or its results cannot be written
     */
    int execute() throws InterruptedException {
        settings.only().ifPresent(catalogue::select); // a typing error should not wait for a worker to load
        if (settings.command().isEmpty()) {
            return judge(settings.url().orElseThrow(() -> new CommandFailure("No worker was named.")), false);
        }
        CommandTemplate template = new CommandTemplate(settings.command().get());
        try (LaunchedWorker worker =
                new WorkerLauncher(template, settings.budgets().startUp()).start()) {
            try {
                return judge(worker.url(), true);
            } finally {
                worker.close();
                keepLog(worker);
            }
        } catch (LaunchFailure e) {
            throw new CommandFailure("" + e.getMessage());
        }
    }

    private int judge(String url, boolean launched) throws InterruptedException {
        Opened opened = open(url, launched);
        try {
            if (!opened.session().plan().scenarios().isEmpty()) {
                new SuiteLauncher(suite).run(opened.session().plan().scenarios());
            }
        } finally {
            disconnect();
        }
        return close(opened).exitStatus();
    }

    /**
     * A run whose scenarios may begin.
     *
     * @param startNanos by {@link System#nanoTime()}
     */
    record Opened(TargetFacts facts, RunSession session, Instant startedAt, long startNanos) {}

    /** Asks the worker what it is, plans, and makes the run known to the scenarios. */
    Opened open(String url, boolean launched) throws InterruptedException {
        TargetFacts facts = new TargetProbe(settings.hints()).probe(TargetProbe.baseUrl(url), launched, false);
        Plan plan = new Planner(catalogue, new SuiteLauncher(suite).discover())
                .plan(facts, settings.only(), settings.required());
        account.begin(facts, Contract.PROFILE, plan);
        Opened opened = new Opened(facts, session(plan, facts), Instant.now(), System.nanoTime());
        CurrentStage.set(opened.session());
        RunListener.listenFor(opened.session());
        return opened;
    }

    /** Writes the results and reports of what ran. */
    Summary close(Opened opened) {
        disconnect();
        Summary summary = Summary.of(opened.session().plan(), opened.session().results());
        String lastLine = write(
                summary,
                new ResultWriter.Circumstances(
                        Contract.PROFILE,
                        opened.startedAt(),
                        Duration.ofNanos(System.nanoTime() - opened.startNanos()),
                        opened.facts(),
                        settings.command()));
        account.end(summary, lastLine);
        return summary;
    }

    private static void disconnect() {
        RunListener.listenForNone();
        CurrentStage.clear();
    }

    private RunSession session(Plan plan, TargetFacts facts) {
        Map<String, Requirement> byId =
                plan.catalogue().stream().collect(Collectors.toMap(Requirement::id, Function.identity()));
        Target target = facts.target().withBudgets(settings.budgets());
        return new RunSession(
                suite,
                plan,
                new RunSession.Lent(target, facts.capabilities(), launcher(), new SkillsOnce(target)),
                result -> account.scenario(result, byId));
    }

    private Optional<WorkerLauncher> launcher() {
        return settings.command()
                .map(command -> new WorkerLauncher(
                        new CommandTemplate(command),
                        settings.budgets().startUp(),
                        settings.breakEngine().map(CommandTemplate::new)));
    }

    private String write(Summary summary, ResultWriter.Circumstances circumstances) {
        try {
            EarlierResults.remove(settings.out());
            Path written = new ResultWriter(
                            settings.out(),
                            catalogue,
                            new Redaction(settings.hints().token()))
                    .write(summary, circumstances);
            return "Report: " + render().orElse(written).toAbsolutePath().normalize();
        } catch (IOException e) {
            throw new CommandFailure(
                    "The results cannot be written to " + settings.out() + ": " + e.getMessage() + ".");
        }
    }

    private Optional<Path> render() throws IOException {
        Optional<Path> report = Optional.empty();
        if (settings.report()) {
            for (ReportRenderer renderer : ServiceLoader.load(ReportRenderer.class)) {
                report = Optional.of(renderer.render(settings.out()));
            }
        }
        return report;
    }

    private void keepLog(LaunchedWorker worker) {
        Path file = settings.out().resolve("evidence").resolve("worker.log");
        try {
            Files.createDirectories(settings.out().resolve("evidence"));
            Files.writeString(file, worker.log());
        } catch (IOException e) {
            throw new CommandFailure("The worker's log cannot be written to " + file + ": " + e.getMessage() + ".");
        }
    }
}
