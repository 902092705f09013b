package dev.touchstone.worker.fault;

import java.util.List;
import java.util.Map;

/** Answers that come late. */
final class PerformanceFaults {

    static final Map<String, List<Weave>> ALL = Map.of();

    private PerformanceFaults() {}
}
