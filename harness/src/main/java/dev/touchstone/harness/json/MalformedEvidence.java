package dev.touchstone.harness.json;

import java.io.Serial;

/** Says in a phrase without a full stop in which way a file of an earlier run is damaged. */
public final class MalformedEvidence extends IllegalArgumentException {
    @Serial
    private static final long serialVersionUID = 1L;

    public MalformedEvidence(String phrase) {
        super(phrase);
    }
}
