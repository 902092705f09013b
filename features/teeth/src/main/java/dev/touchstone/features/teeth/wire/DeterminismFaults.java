package dev.touchstone.features.teeth.wire;

import java.util.Map;
import java.util.function.Supplier;

/** Answers that depend on more than their request. */
final class DeterminismFaults {

    static final Map<String, Supplier<TrafficChange>> ALL = Map.of();

    private DeterminismFaults() {}
}
