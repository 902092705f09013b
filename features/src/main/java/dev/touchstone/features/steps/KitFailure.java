package dev.touchstone.features.steps;

/** Ends a scenario because the kit or the network failed, not the worker; its message is one sentence. */
public final class KitFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    public KitFailure(String sentence) {
        super(sentence);
    }
}
