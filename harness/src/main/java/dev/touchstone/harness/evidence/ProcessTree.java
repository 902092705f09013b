package dev.touchstone.harness.evidence;

import java.util.List;

/** One process and all its descendants, the process itself first. */
public record ProcessTree(List<ProcessReading> processes) {
    public ProcessTree {
        processes = List.copyOf(processes);
        if (processes.isEmpty()) {
            throw new IllegalArgumentException("A process tree has at least its root.");
        }
    }

    /** The process that was asked for. */
    public ProcessReading root() {
        return processes.getFirst();
    }

    public boolean holds(long pid) {
        return processes.stream().anyMatch(p -> p.stat().pid() == pid);
    }
}
