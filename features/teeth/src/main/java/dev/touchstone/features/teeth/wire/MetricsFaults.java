package dev.touchstone.features.teeth.wire;

import java.util.Map;
import java.util.function.Supplier;

/** Metrics that do not tell what was done. */
final class MetricsFaults {

    static final Map<String, Supplier<TrafficChange>> ALL = Map.of();

    private MetricsFaults() {}
}
