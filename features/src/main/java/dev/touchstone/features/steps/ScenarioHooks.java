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
    public void skipWhatIsNotPlanned(Scenario scenario) {
        world.skipUnlessPlanned(scenario.getSourceTagNames());
    }

    /** Runs last, after the hooks of any step class. */
    @After(order = 0)
    public void closeTheWorld() {
        world.close();
    }
}
