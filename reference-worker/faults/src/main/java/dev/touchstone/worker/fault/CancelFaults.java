package dev.touchstone.worker.fault;

import java.util.List;
import java.util.Map;

/** Cancellation and disconnects treated otherwise than promised. */
final class CancelFaults {

    static final Map<String, List<Weave>> ALL = Map.of();

    private CancelFaults() {}
}
