package dev.touchstone.worker.fault;

import java.util.List;
import java.util.Map;

/** Requests that wait, or run beside each other, otherwise than promised. */
final class QueueFaults {

    static final Map<String, List<Weave>> ALL = Map.of();

    private QueueFaults() {}
}
