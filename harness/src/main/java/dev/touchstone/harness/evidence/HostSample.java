package dev.touchstone.harness.evidence;

import java.util.List;

/**
 * One look at the host.
 *
 * @param nanos monotonic, since the samples' {@code startedAt}
 */
public record HostSample(long nanos, Reading<List<DeviceReading>> gpus, Reading<ProcessTree> process) {}
