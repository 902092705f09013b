package dev.touchstone.harness.evidence;

/** What an action gave, and what was seen of the host meanwhile. */
public record Sampled<T>(T result, HostSamples host) {}
