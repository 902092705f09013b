package dev.touchstone.worker.fault;

import java.util.List;
import java.util.Map;

/** Starts and stops otherwise than promised. */
final class LifecycleFaults {

    static final Map<String, List<Weave>> ALL = Map.of();

    private LifecycleFaults() {}
}
