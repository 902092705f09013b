package dev.touchstone.features.teeth;

import java.util.List;

/**
 * What came of one fault.
 *
 * @param reason one sentence, empty when killed
 * @param fired how often the fault said that it fired
 * @param twin whether the same worker without the fault kept what this one must break
 * @param twinWords what was judged of the twin, or why it is not clean
 * @param recorded where and when the host's evidence was recorded, one sentence; empty where all is live
 */
record TrialResult(
        String id,
        Outcome outcome,
        String reason,
        long fired,
        double durationMillis,
        boolean twin,
        String twinWords,
        String recorded,
        List<Named> requirements) {

    enum Outcome {
        KILLED,
        SURVIVED,
        VOID
    }

    /**
     * A requirement that the fault must break.
     *
     * @param verdict the word of the result schema, or {@code not judged}
     * @param named whether a finding has the words that the catalogue demands
     */
    record Named(String id, String verdict, String reason, boolean named, List<Found> findings) {}

    /**
     * One finding.
     *
     * @param evidence files below the results directory, with forward slashes
     */
    record Found(String scenario, String name, String expected, String actual, List<String> evidence) {}

    /** A trial that says nothing. */
    static TrialResult void_(String id, String reason) {
        return new TrialResult(id, Outcome.VOID, reason, 0, 0, false, "", "", List.of());
    }
}
