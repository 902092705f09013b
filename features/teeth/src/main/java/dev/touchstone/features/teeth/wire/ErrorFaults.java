package dev.touchstone.features.teeth.wire;

import java.util.Map;
import java.util.function.Supplier;

/** Refusals and failures told otherwise than promised. */
final class ErrorFaults {

    static final Map<String, Supplier<TrafficChange>> ALL = Map.of();

    private ErrorFaults() {}
}
