package dev.touchstone.worker.fault;

import java.util.List;
import java.util.Map;

/** Prompts and limits of the context treated otherwise than promised. */
final class ContextFaults {

    static final Map<String, List<Weave>> ALL = Map.of();

    private ContextFaults() {}
}
