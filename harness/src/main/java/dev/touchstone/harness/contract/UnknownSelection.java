package dev.touchstone.harness.contract;

/** Says in one sentence which requirement, area or profile does not exist, and what was likely meant. */
public final class UnknownSelection extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    UnknownSelection(String sentence) {
        super(sentence);
    }
}
