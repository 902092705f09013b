package dev.touchstone.harness.evidence;

import java.util.List;

/** What {@code /proc} says of one process. */
public record ProcessReading(
        ProcessStat stat, Reading<HostMemory> memory, Reading<IoCounters> io, Reading<List<FileMapping>> mappings) {}
