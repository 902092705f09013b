package dev.touchstone.features.teeth.wire;

import java.util.Map;
import java.util.function.Supplier;

/** Routes, headers and bodies that a stranger may misuse. */
final class SecurityFaults {

    static final Map<String, Supplier<TrafficChange>> ALL = Map.of();

    private SecurityFaults() {}
}
