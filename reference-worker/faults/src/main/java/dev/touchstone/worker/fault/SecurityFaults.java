package dev.touchstone.worker.fault;

import java.util.List;
import java.util.Map;

/** Routes, headers and bodies that a stranger may misuse. */
final class SecurityFaults {

    static final Map<String, List<Weave>> ALL = Map.of();

    private SecurityFaults() {}
}
