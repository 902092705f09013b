package dev.touchstone.features.teeth.wire;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Streams whose events come in another order, or another number of times, than promised. */
final class EventOrderFaults {

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            Map.entry("two-terminals", () -> FrameChange.each("end", end -> List.of(end, end))),
            Map.entry("two-started", () -> FrameChange.each("started", started -> List.of(started, started))));

    private EventOrderFaults() {}
}
