package dev.touchstone.features.teeth.wire;

import java.util.Map;
import java.util.function.Supplier;

/** The OpenAI dialect spoken otherwise than promised. */
final class OpenAiFaults {

    static final Map<String, Supplier<TrafficChange>> ALL = Map.of();

    private OpenAiFaults() {}
}
