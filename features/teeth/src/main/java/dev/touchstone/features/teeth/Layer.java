package dev.touchstone.features.teeth;

import java.util.Locale;

/** Where a fault is. */
enum Layer {
    /** A proxy before the real worker changes the traffic. */
    WIRE,
    /** An agent in the worker's process changes what its methods do. */
    WORKER,
    /** The worker's host: where its weights are and who computes. */
    HOST;

    /** The word of the catalogue. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
