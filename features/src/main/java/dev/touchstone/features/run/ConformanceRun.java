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
    private final Suite suite;
    private final ContractCatalogue catalogue = Contract.catalogue();

    ConformanceRun(RunSettings settings, Account account, Suite suite) {
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
        String base = TargetProbe.baseUrl(url);
        TargetFacts facts = new TargetProbe().probe(base, settings.token(), launched, false);
        SuiteLauncher launcher = new SuiteLauncher(suite);
        Plan plan = new Planner(catalogue, launcher.discover()).plan(facts, settings.only(), settings.required());
        Instant startedAt = Instant.now();
        long start = System.nanoTime();
        account.begin(facts, Contract.PROFILE, plan);
        RunSession session = session(plan, facts);
        perform(launcher, plan, session);
        Summary summary = Summary.of(plan, session.results());
        Duration duration = Duration.ofNanos(System.nanoTime() - start);
        String lastLine = write(
                summary,
                new ResultWriter.Circumstances(Contract.PROFILE, startedAt, duration, facts, settings.command()));
        account.end(summary, lastLine);
        return summary.exitStatus();
    }

    private RunSession session(Plan plan, TargetFacts facts) {
        Map<String, Requirement> byId =
                plan.catalogue().stream().collect(Collectors.toMap(Requirement::id, Function.identity()));
        Target target = Target.at(facts.url()).withBudgets(settings.budgets()).withModel(facts.model());
        Target authorised = settings.token().map(target::withToken).orElse(target);
        return new RunSession(suite, plan, authorised, facts.capabilities(), result -> account.scenario(result, byId));
    }

    private static void perform(SuiteLauncher launcher, Plan plan, RunSession session) {
        CurrentStage.set(session);
        RunListener.listenFor(session);
        try {
            if (!plan.scenarios().isEmpty()) {
                launcher.run(plan.scenarios());
            }
        } finally {
            RunListener.listenForNone();
            CurrentStage.clear();
        }
    }

    private String write(Summary summary, ResultWriter.Circumstances circumstances) {
        try {
            Path written = new ResultWriter(settings.out(), catalogue, new Redaction(settings.token()))
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
