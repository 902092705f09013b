package dev.touchstone.features.steps;

import io.cucumber.java.After;
import io.cucumber.java.Before;
import io.cucumber.java.Scenario;

/** Ends every scenario the same way, whatever its outcome. Public because Cucumber makes it. */
public final class ScenarioHooks {

    private final World world;

    public ScenarioHooks(World world) {
        this.world = world;
    }

    /** Runs first, before the hooks of any step class. */
    @Before(order = 0)
    public void enterTheStage(Scenario scenario) {
        world.enter(new Stage.Entry(
                scenario.getId(), scenario.getUri().toString(), scenario.getLine(), scenario.getSourceTagNames()));
    }

    /** A scenario says by a tag which skill of the model it needs. */
    @Before(value = "@needs-echo", order = 1)
    public void needsEcho() throws InterruptedException {
        world.act(() -> {
            if (world.skills().echo().isEmpty()) {
                throw world.unsupported("the model does not repeat a text that it is given, which this needs");
            }
        });
    }

    @Before(value = "@needs-recall", order = 1)
    public void needsRecall() throws InterruptedException {
        world.act(() -> {
            if (world.skills().recall().isEmpty()) {
                throw world.unsupported(
                        "the model does not recall a fact from the head of its prompt, which this needs");
            }
        });
    }

    /** Runs last, after the hooks of any step class. */
    @After(order = 0)
    public void closeTheWorld() {
        world.close();
    }
}
