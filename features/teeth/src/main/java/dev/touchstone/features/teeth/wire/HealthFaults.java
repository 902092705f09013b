package dev.touchstone.features.teeth.wire;

import java.util.Map;
import java.util.function.Supplier;

/** Health that is late, untrue or incomplete. */
final class HealthFaults {

    static final Map<String, Supplier<TrafficChange>> ALL = Map.of();

    private HealthFaults() {}
}
