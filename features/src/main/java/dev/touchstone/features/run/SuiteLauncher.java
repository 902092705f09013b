package dev.touchstone.features.run;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import dev.touchstone.harness.cli.CommandFailure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestTag;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.ClasspathResourceSource;
import org.junit.platform.engine.support.descriptor.FilePosition;
import org.junit.platform.engine.support.descriptor.FileSource;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Finds and runs scenarios through the JUnit Platform with the Cucumber engine. */
final class SuiteLauncher {

    /** How many scenarios run beside each other; they wait more than they work. */
    static final int BESIDE = 6;

    private static final long LOOK_MILLIS = 100;

    private static final Map<String, String> SIDE_BY_SIDE = Map.of(
            "cucumber.execution.parallel.enabled",
            "true",
            "cucumber.execution.parallel.config.strategy",
            "fixed",
            "cucumber.execution.parallel.config.fixed.parallelism",
            "" + BESIDE,
            "cucumber.execution.parallel.config.fixed.max-pool-size",
            "" + BESIDE);

    private final ScenarioSource suite;
    private final Launcher launcher = LauncherFactory.create(LauncherConfig.builder()
            .enableTestExecutionListenerAutoRegistration(false)
            .enablePostDiscoveryFilterAutoRegistration(false)
            .build());

    SuiteLauncher(ScenarioSource suite) {
        this.suite = suite;
    }

    /** All scenarios in the order of the feature files; needs no worker and runs no step. */
    List<FoundScenario> discover() {
        TestPlan plan =
                launcher.discover(request(List.of(selectPackage(suite.root()))).build());
        List<FoundScenario> found = new ArrayList<>();
        plan.getRoots().forEach(root -> collect(plan, root, found));
        found.sort(Comparator.comparing(FoundScenario::resource).thenComparingInt(FoundScenario::line));
        return found;
    }

    /**
     * Runs those scenarios, one after another and in order but for those that may run side by side: these come last, a
     * few at a time, and of them first those that wait long, for the work of the others falls into their waits. What
     * happens is told to {@link RunListener}.
     *
     * @param waiting gives a permit for each scenario that has ended or only waits
     * @throws CommandFailure with one sentence when the engine itself failed, as it does for a missing step class
     */
    void run(List<FoundScenario> planned, Semaphore waiting) throws InterruptedException {
        execute(planned.stream().filter(s -> !s.runsBeside()).toList(), Map.of());
        waiting.drainPermits();
        List<FoundScenario> waits =
                planned.stream().filter(FoundScenario::waitsLong).toList();
        CompletableFuture<Void> background = CompletableFuture.runAsync(
                () -> new SuiteLauncher(suite).execute(waits, SIDE_BY_SIDE),
                task -> Thread.ofPlatform().name("touchstone-long-waits").start(task));
        boolean settled = false;
        while (!settled && !background.isDone()) {
            settled = waiting.tryAcquire(waits.size(), LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
        execute(planned.stream().filter(s -> s.runsBeside() && !s.waitsLong()).toList(), SIDE_BY_SIDE);
        try {
            background.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof CommandFailure failure ? failure : e;
        }
    }

    private void execute(List<FoundScenario> chosen, Map<String, String> manner) {
        if (chosen.isEmpty()) {
            return;
        }
        Set<String> wanted =
                new HashSet<>(chosen.stream().map(FoundScenario::uniqueId).toList());
        PostDiscoveryFilter only = test -> FilterResult.includedIf(
                !test.isTest() || wanted.contains(test.getUniqueId().toString()));
        EngineFailures failures = new EngineFailures();
        launcher.execute(
                request(files(chosen))
                        .filters(only)
                        .configurationParameters(manner)
                        .build(),
                failures);
        failures.first().ifPresent(sentence -> {
            throw new CommandFailure(sentence);
        });
    }

    /** Only the files that hold what was chosen: to read all of them again takes longer than a few scenarios run. */
    private static List<DiscoverySelector> files(List<FoundScenario> chosen) {
        return chosen.stream()
                .map(FoundScenario::resource)
                .distinct()
                .map(DiscoverySelectors::selectClasspathResource)
                .map(DiscoverySelector.class::cast)
                .toList();
    }

    private LauncherDiscoveryRequestBuilder request(List<DiscoverySelector> selectors) {
        return LauncherDiscoveryRequestBuilder.request()
                .selectors(selectors)
                .filters(EngineFilter.includeEngines("cucumber"))
                .enableImplicitConfigurationParameters(false)
                .configurationParameter("cucumber.glue", suite.glue())
                .configurationParameter("cucumber.plugin", RunListener.class.getName())
                .configurationParameter("cucumber.publish.quiet", "true");
    }

    private void collect(TestPlan plan, TestIdentifier test, List<FoundScenario> found) {
        if (test.isTest()) {
            test.getSource().ifPresent(source -> {
                if (source instanceof ClasspathResourceSource resource) {
                    found.add(scenario(test, resource.getClasspathResourceName(), resource.getPosition()));
                } else if (source instanceof FileSource file) {
                    found.add(scenario(test, file.getUri().getPath(), file.getPosition()));
                }
            });
        }
        plan.getChildren(test).forEach(child -> collect(plan, child, found));
    }

    private FoundScenario scenario(TestIdentifier test, String resource, Optional<FilePosition> position) {
        int line = position.map(FilePosition::getLine).orElse(0);
        return new FoundScenario(
                suite.scenarioId(resource, line),
                test.getUniqueId(),
                resource,
                line,
                // An outline's row is named "Example #1.2: …" by the engine; a person wants the scenario.
                test.getDisplayName().replaceFirst("^Example #[0-9.]+: ", ""),
                test.getTags().stream().map(TestTag::getName).collect(Collectors.toSet()));
    }
}
