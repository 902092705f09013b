package dev.touchstone.worker.fault;

import java.util.List;
import java.util.Map;

/** Refusals and failures told otherwise than promised. */
final class ErrorFaults {

    static final Map<String, List<Weave>> ALL = Map.of();

    private ErrorFaults() {}
}
