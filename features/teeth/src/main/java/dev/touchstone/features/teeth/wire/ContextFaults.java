package dev.touchstone.features.teeth.wire;

import java.util.Map;
import java.util.function.Supplier;

/** Prompts and limits of the context treated otherwise than promised. */
final class ContextFaults {

    static final Map<String, Supplier<TrafficChange>> ALL = Map.of();

    private ContextFaults() {}
}
