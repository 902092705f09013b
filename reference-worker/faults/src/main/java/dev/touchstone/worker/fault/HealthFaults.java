package dev.touchstone.worker.fault;

import java.util.List;
import java.util.Map;

/** Health that is late, untrue or incomplete. */
final class HealthFaults {

    static final Map<String, List<Weave>> ALL = Map.of();

    private HealthFaults() {}
}
