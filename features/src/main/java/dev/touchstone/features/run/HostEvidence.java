package dev.touchstone.features.run;

import dev.touchstone.harness.evidence.HostProbe;
import java.util.function.Supplier;

/**
 * Where a run looks for its worker's host, if not on this machine.
 *
 * @param pid the worker's process as that host counts
 * @param modelBytes bytes of all the model's tensors
 * @param probes opens what looks at that host; the run closes each
 */
public record HostEvidence(long pid, long modelBytes, Supplier<HostProbe> probes) {}
