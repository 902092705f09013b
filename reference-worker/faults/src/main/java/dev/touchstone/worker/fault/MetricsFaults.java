package dev.touchstone.worker.fault;

import java.util.List;
import java.util.Map;

/** Metrics that do not tell what was done. */
final class MetricsFaults {

    static final Map<String, List<Weave>> ALL = Map.of();

    private MetricsFaults() {}
}
