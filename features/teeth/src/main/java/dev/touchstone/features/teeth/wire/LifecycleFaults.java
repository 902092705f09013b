package dev.touchstone.features.teeth.wire;

import java.util.Map;
import java.util.function.Supplier;

/** Starts and stops otherwise than promised, as far as a proxy can show them. */
final class LifecycleFaults {

    static final Map<String, Supplier<TrafficChange>> ALL = Map.of();

    private LifecycleFaults() {}
}
