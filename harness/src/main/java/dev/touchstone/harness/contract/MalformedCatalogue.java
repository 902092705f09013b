package dev.touchstone.harness.contract;

/** Says in one sentence why a contract catalogue, or a selection from it, cannot be used. */
public final class MalformedCatalogue extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    MalformedCatalogue(String sentence) {
        super(sentence);
    }
}
