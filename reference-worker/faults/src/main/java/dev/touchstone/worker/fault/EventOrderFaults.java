package dev.touchstone.worker.fault;

import java.util.List;
import java.util.Map;

/** Streams whose events come in another order, or another number of times, than promised. */
final class EventOrderFaults {

    static final Map<String, List<Weave>> ALL = Map.of();

    private EventOrderFaults() {}
}
