package dev.touchstone.harness.evidence;

/**
 * What does not change while a worker runs.
 *
 * @param host name of the machine, for people
 * @param driver version of the NVIDIA driver
 * @param initialPidNamespace whether process ids here are those that the driver counts by; in a container they may not
 *     be, and a process that NVML does not list may all the same hold memory
 */
public record HostFacts(String host, Reading<String> driver, Reading<Boolean> initialPidNamespace) {}
