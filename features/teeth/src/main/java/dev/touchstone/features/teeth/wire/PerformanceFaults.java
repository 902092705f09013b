package dev.touchstone.features.teeth.wire;

import java.util.Map;
import java.util.function.Supplier;

/** Answers that come late. */
final class PerformanceFaults {

    static final Map<String, Supplier<TrafficChange>> ALL = Map.of();

    private PerformanceFaults() {}
}
