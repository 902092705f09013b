package dev.touchstone.harness.evidence;

import java.time.Duration;
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

    /**
     * CPU time that the processes of this tree used since an earlier look at the same root. What a process used that
     * ended in between is not known and not counted.
     */
    public Duration cpuSince(ProcessTree before) {
        Duration total = Duration.ZERO;
        for (ProcessReading process : processes) {
            Duration earlier = before.processes.stream()
                    .filter(p -> p.stat().sameProcess(process.stat()))
                    .map(p -> p.stat().cpuTime())
                    .findFirst()
                    .orElse(Duration.ZERO);
            total = total.plus(process.stat().cpuTime()).minus(earlier);
        }
        return total;
    }

    public boolean holds(long pid) {
        return processes.stream().anyMatch(p -> p.stat().pid() == pid);
    }
}
