package dev.touchstone.features.teeth;

/** A catalogue of the teeth that cannot be used; the message is one sentence. */
final class MalformedFaults extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    MalformedFaults(String sentence) {
        super(sentence);
    }
}
