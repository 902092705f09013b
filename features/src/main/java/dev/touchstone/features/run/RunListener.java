package dev.touchstone.features.run;

import dev.touchstone.features.steps.BrokenPromise;
import dev.touchstone.features.steps.KitFailure;
import io.cucumber.plugin.ConcurrentEventListener;
import io.cucumber.plugin.event.DataTableArgument;
import io.cucumber.plugin.event.DocStringArgument;
import io.cucumber.plugin.event.EventPublisher;
import io.cucumber.plugin.event.PickleStepTestStep;
import io.cucumber.plugin.event.Result;
import io.cucumber.plugin.event.Status;
import io.cucumber.plugin.event.StepArgument;
import io.cucumber.plugin.event.TestCase;
import io.cucumber.plugin.event.TestCaseFinished;
import io.cucumber.plugin.event.TestCaseStarted;
import io.cucumber.plugin.event.TestStepFinished;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.opentest4j.TestAbortedException;

/** Turns Cucumber's events into scenario results. Public because Cucumber makes it by name. */
public final class RunListener implements ConcurrentEventListener {

    private static volatile Optional<RunSession> session = Optional.empty();

    /** Directs the events to a run; Cucumber makes the listener itself and can pass it nothing. */
    static void listenFor(RunSession run) {
        session = Optional.of(run);
    }

    static void listenForNone() {
        session = Optional.empty();
    }

    @Override
    public void setEventPublisher(EventPublisher publisher) {
        publisher.registerHandlerFor(
                TestCaseStarted.class,
                event -> session.ifPresent(
                        run -> run.begin(event.getTestCase().getId().toString(), event.getInstant())));
        publisher.registerHandlerFor(TestStepFinished.class, event -> session.ifPresent(run -> stepEnded(run, event)));
        publisher.registerHandlerFor(TestCaseFinished.class, event -> session.ifPresent(run -> caseEnded(run, event)));
    }

    private static void stepEnded(RunSession run, TestStepFinished event) {
        Result result = event.getResult();
        ScenarioLog log = run.log(event.getTestCase().getId().toString());
        blame(event).ifPresent(log::kitError);
        if (event.getTestStep() instanceof PickleStepTestStep step) {
            log.step(
                    step.getStep().getKeyword().strip(),
                    step.getStep().getText(),
                    argument(step.getStep().getArgument()),
                    switch (result.getStatus()) {
                        case PASSED -> "passed";
                        case SKIPPED -> "skipped";
                        default -> "failed";
                    },
                    result.getDuration().toNanos() / 1e6);
        }
    }

    /** Why the step's end is the kit's own fault, where it is. */
    private static Optional<String> blame(TestStepFinished event) {
        Result result = event.getResult();
        Throwable error = result.getError();
        if (error instanceof BrokenPromise || error instanceof TestAbortedException) {
            return Optional.empty();
        }
        if (error instanceof KitFailure failure) {
            return Optional.of("" + failure.getMessage());
        }
        if (error != null) {
            StackTraceElement[] trace = error.getStackTrace();
            String where = trace.length == 0 ? "" : " at " + trace[0];
            return Optional.of("The step failed in the kit: " + error.getClass().getSimpleName() + ", "
                    + String.valueOf(error.getMessage()).lines().findFirst().orElse("") + where + ".");
        }
        Status status = result.getStatus();
        boolean undone = status == Status.UNDEFINED || status == Status.AMBIGUOUS || status == Status.PENDING;
        return undone
                ? Optional.of("The kit has no one step for the line '" + line(event) + "' (" + status + ").")
                : Optional.empty();
    }

    private static String line(TestStepFinished event) {
        return event.getTestStep() instanceof PickleStepTestStep step
                ? step.getStep().getText()
                : "a hook";
    }

    private static Optional<String> argument(StepArgument argument) {
        return switch (argument) {
            case DocStringArgument doc -> Optional.of(doc.getContent());
            case DataTableArgument table ->
                Optional.of(table.cells().stream()
                        .map(row -> "| " + String.join(" | ", row) + " |")
                        .collect(Collectors.joining("\n")));
            case null, default -> Optional.empty();
        };
    }

    private void caseEnded(RunSession run, TestCaseFinished event) {
        TestCase test = event.getTestCase();
        String resource = resource(run.suite(), test);
        ScenarioLog log = run.log(test.getId().toString());
        TreeSet<String> ids = new TreeSet<>();
        test.getTags().stream()
                .map(tag -> tag.substring(1))
                .filter(tag -> tag.matches("[A-Z]{2}-[0-9]{2}"))
                .forEach(ids::add);
        run.accept(log.end(
                run.suite()
                        .scenarioId(test.getUri().toString(), test.getLocation().getLine()),
                test.getName(),
                feature(log, resource),
                ids,
                event.getResult().getStatus() == Status.PASSED,
                event.getInstant()));
        run.forget(test.getId().toString());
    }

    private static String resource(ScenarioSource suite, TestCase test) {
        String uri = test.getUri().toString();
        int at = uri.lastIndexOf(suite.root() + "/");
        return at < 0 ? uri : uri.substring(at);
    }

    private static FeatureText feature(ScenarioLog log, String resource) {
        try {
            return FeatureText.read(resource);
        } catch (IOException e) {
            log.kitError("The feature file " + resource + " cannot be read: " + e.getMessage() + ".");
            return new FeatureText(List.of());
        }
    }
}
