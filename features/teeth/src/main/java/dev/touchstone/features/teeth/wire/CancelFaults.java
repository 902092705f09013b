package dev.touchstone.features.teeth.wire;

import java.util.Map;
import java.util.function.Supplier;

/** Cancellation and disconnects treated otherwise than promised. */
final class CancelFaults {

    static final Map<String, Supplier<TrafficChange>> ALL = Map.of();

    private CancelFaults() {}
}
