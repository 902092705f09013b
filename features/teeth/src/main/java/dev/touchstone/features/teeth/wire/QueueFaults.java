package dev.touchstone.features.teeth.wire;

import java.util.Map;
import java.util.function.Supplier;

/** Requests that wait, or run beside each other, otherwise than promised. */
final class QueueFaults {

    static final Map<String, Supplier<TrafficChange>> ALL = Map.of();

    private QueueFaults() {}
}
