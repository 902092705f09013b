package dev.touchstone.features.teeth.wire;

import java.util.Map;
import java.util.function.Supplier;

/** Parameters of sampling and stop sequences read otherwise than promised. */
final class SamplingFaults {

    static final Map<String, Supplier<TrafficChange>> ALL = Map.of();

    private SamplingFaults() {}
}
