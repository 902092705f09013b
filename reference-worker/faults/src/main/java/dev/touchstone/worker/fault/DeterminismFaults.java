package dev.touchstone.worker.fault;

import java.util.List;
import java.util.Map;

/** Answers that depend on more than their request. */
final class DeterminismFaults {

    static final Map<String, List<Weave>> ALL = Map.of();

    private DeterminismFaults() {}
}
