/** What the host of a worker tells: GPUs by NVML, processes by {@code /proc}. Records go to JSON and can be judged again. */
package dev.touchstone.harness.evidence;
