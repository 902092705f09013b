package dev.touchstone.harness.load;

/** Why a worker's speed cannot be measured, in one sentence. */
public final class MeasurementFailure extends Exception {
    private static final long serialVersionUID = 1;

    MeasurementFailure(String sentence) {
        super(sentence);
    }
}
