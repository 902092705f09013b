package dev.touchstone.features.steps;

import java.util.Collection;

/**
 * A run, as its scenarios see it. Implemented by the run; steps reach it only through {@link World}. Thread-safe, since
 * scenarios may run side by side.
 */
public interface Stage {

    /** Begins a scenario. */
    ScenarioStage enter(Entry entry);

    /**
     * Which scenario begins.
     *
     * @param key that no other scenario of this run has
     * @param uri of its feature file
     * @param line of the scenario, or of its example row
     * @param tags with their at signs
     */
    record Entry(String key, String uri, int line, Collection<String> tags) {}
}
