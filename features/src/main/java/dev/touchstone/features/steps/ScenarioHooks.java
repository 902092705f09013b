package dev.touchstone.features.steps;

import io.cucumber.java.After;

/** Ends every scenario the same way, whatever its outcome. Public because Cucumber makes it. */
public final class ScenarioHooks {

    private final World world;

    public ScenarioHooks(World world) {
        this.world = world;
    }

    /** Runs last, after the hooks of any step class. */
    @After(order = 0)
    public void closeTheWorld() {
        world.close();
    }
}
