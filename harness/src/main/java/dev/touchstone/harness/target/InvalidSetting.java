package dev.touchstone.harness.target;

import java.io.Serial;

/** Says in one sentence which setting of the kit was wrong, its value, and what is accepted. */
public final class InvalidSetting extends IllegalArgumentException {
    @Serial
    private static final long serialVersionUID = 1L;

    public InvalidSetting(String sentence) {
        super(sentence);
    }
}
