package dev.touchstone.features.run;

import io.cucumber.core.exception.CucumberException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/** Keeps what went wrong outside of scenarios, since no scenario's result would tell it. */
final class EngineFailures implements TestExecutionListener {

    private final List<String> sentences = new ArrayList<>();

    @Override
    public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
        boolean glue = result.getThrowable()
                .filter(CucumberException.class::isInstance)
                .isPresent();
        boolean failed = result.getStatus() != TestExecutionResult.Status.SUCCESSFUL;
        if (failed && (test.isContainer() || glue)) {
            String why = result.getThrowable().map(String::valueOf).orElse("no reason given");
            sentences.add("The scenarios could not be run (" + test.getDisplayName() + "): "
                    + why.lines().findFirst().orElse("") + ".");
        }
    }

    synchronized Optional<String> first() {
        return sentences.stream().findFirst();
    }
}
