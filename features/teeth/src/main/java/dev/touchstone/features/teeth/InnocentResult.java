package dev.touchstone.features.teeth;

import java.util.List;

/**
 * What came of one legal oddity.
 *
 * @param reason one sentence, empty when quiet
 * @param rounds how many runs in a row
 * @param judged how many requirements were held, in all rounds
 */
record InnocentResult(
        String id,
        Outcome outcome,
        String reason,
        long fired,
        double durationMillis,
        int rounds,
        int judged,
        List<Alarm> alarms) {

    enum Outcome {
        QUIET,
        FALSE_ALARM,
        VOID
    }

    /** A promise that the kit says is broken. */
    record Alarm(String id, int round, String scenario, String name, String expected, String actual) {}

    static InnocentResult void_(String id, String reason) {
        return new InnocentResult(id, Outcome.VOID, reason, 0, 0, 0, 0, List.of());
    }
}
