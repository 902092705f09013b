package dev.touchstone.features.run;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Finds the scenarios on a thread of its own, since a worker that loads a model leaves time for it. */
final class Discovery {

    private final FutureTask<List<FoundScenario>> task;

    private Discovery(FutureTask<List<FoundScenario>> task) {
        this.task = task;
    }

    static Discovery begin(ScenarioSource suite) {
        FutureTask<List<FoundScenario>> task = new FutureTask<>(() -> new SuiteLauncher(suite).discover());
        Thread.ofPlatform().daemon().name("touchstone-discovery").start(task);
        return new Discovery(task);
    }

    /** Waits for them; what went wrong in finding them is thrown here. */
    List<FoundScenario> scenarios() throws InterruptedException {
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("the scenarios could not be found: " + e.getMessage(), e);
        }
    }
}
