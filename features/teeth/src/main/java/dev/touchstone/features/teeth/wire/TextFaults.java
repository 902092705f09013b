package dev.touchstone.features.teeth.wire;

import java.util.Map;
import java.util.function.Supplier;

/** Texts cut, decoded or counted otherwise than the model wrote them. */
final class TextFaults {

    static final Map<String, Supplier<TrafficChange>> ALL = Map.of();

    private TextFaults() {}
}
