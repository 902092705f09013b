package dev.touchstone.features.run;

/**
 * Where scenarios and their steps are found.
 *
 * @param root classpath folder of the feature files, which is also a package name
 * @param glue packages of the step classes, separated by commas
 */
record ScenarioSource(String root, String glue) {

    static final ScenarioSource CONTRACT = new ScenarioSource("features", "dev.touchstone.features.steps");

    /** A scenario's id: its feature file below the root, a colon and its line. */
    String scenarioId(String resource, int line) {
        String marker = root + "/";
        int at = resource.lastIndexOf(marker);
        return (at < 0 ? resource : resource.substring(at + marker.length())) + ":" + line;
    }
}
