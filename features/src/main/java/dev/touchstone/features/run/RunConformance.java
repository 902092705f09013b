package dev.touchstone.features.run;

import dev.touchstone.harness.cli.CommandFailure;
import dev.touchstone.harness.target.Budgets;
import dev.touchstone.harness.target.Dialect;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.platform.suite.api.AfterSuite;
import org.junit.platform.suite.api.BeforeSuite;
import org.junit.platform.suite.api.ConfigurationParameter;
import org.junit.platform.suite.api.IncludeEngines;
import org.junit.platform.suite.api.SelectPackages;
import org.junit.platform.suite.api.Suite;

/**
 * The contract as a JUnit Platform suite, for builds that depend on this jar and run it beside their own tests, for
 * instance with Surefire's {@code dependenciesToScan}.
 *
 * <p>The worker is named by the system property {@code touchstone.url} or the environment variable
 * {@code TOUCHSTONE_URL}; optional are {@code touchstone.token} ({@code TOUCHSTONE_TOKEN}), {@code touchstone.budgets}
 * such as {@code ttft-p95=1s,cancel=250ms}, {@code touchstone.dialect}, {@code touchstone.healthPath},
 * {@code touchstone.model} and {@code touchstone.contextLength} as the options of {@code touchstone run}, and
 * {@code touchstone.out}, the results directory,
 * {@code target/touchstone} where it is not given. Scenarios that do not apply to the worker are
 * skipped. The suite fails when the exit status of {@code touchstone run} would not be 0, so that an inconclusive MUST
 * fails it too. One suite at a time in one process.
 */
@Suite
@IncludeEngines("cucumber")
@SelectPackages("features")
@ConfigurationParameter(key = "cucumber.glue", value = "dev.touchstone.features.steps")
@ConfigurationParameter(key = "cucumber.plugin", value = "dev.touchstone.features.run.RunListener")
@ConfigurationParameter(key = "cucumber.publish.quiet", value = "true")
public final class RunConformance {

    private record Running(ConformanceRun run, ConformanceRun.Opened opened) {}

    private static Optional<Running> running = Optional.empty();

    /** Asks the worker what it is and plans the run; fails with one sentence when no worker is named or answers. */
    @BeforeSuite
    public static synchronized void open() throws InterruptedException {
        String url = setting("url")
                .orElseThrow(() -> new CommandFailure(
                        "No worker was named: set the system property touchstone.url or the environment variable"
                                + " TOUCHSTONE_URL to its base URL."));
        List<String> budgets =
                setting("budgets").map(b -> List.of(b.split(","))).orElse(List.of());
        RunSettings settings = new RunSettings(
                Optional.of(url),
                Optional.empty(),
                Optional.empty(),
                Set.of(),
                Path.of(setting("out").orElse("target/touchstone")),
                hints(),
                Budgets.defaults().withAll(budgets),
                true,
                Manner.PLAIN.withGivenBudgets(RunCommand.names(budgets)));
        Account account = new Account(new PrintWriter(System.out, true), Ink.PLAIN, false);
        ConformanceRun run = new ConformanceRun(settings, account, ScenarioSource.CONTRACT);
        running = Optional.of(new Running(run, run.open(url, false)));
    }

    /** Writes the results; fails unless every planned MUST held. */
    @AfterSuite
    public static synchronized void close() {
        running.ifPresent(it -> {
            Summary summary = it.run().close(it.opened());
            if (summary.exitStatus() != ExitStatus.CONFORMING) {
                throw new AssertionError("The worker was not shown to conform: " + summary.reason());
            }
        });
        running = Optional.empty();
    }

    private static TargetProbe.Hints hints() {
        return new TargetProbe.Hints(
                setting("token"),
                setting("dialect").map(RunCommand::dialect).orElse(Dialect.AUTO),
                setting("healthPath"),
                setting("model"),
                setting("contextLength")
                        .map(RunCommand::tokens)
                        .map(OptionalLong::of)
                        .orElse(OptionalLong.empty()),
                OptionalLong.empty(),
                OptionalLong.empty());
    }

    private static Optional<String> setting(String name) {
        return Optional.ofNullable(System.getProperty("touchstone." + name))
                .or(() -> Optional.ofNullable(System.getenv("TOUCHSTONE_" + name.toUpperCase(Locale.ROOT))))
                .filter(value -> !value.isBlank());
    }
}
