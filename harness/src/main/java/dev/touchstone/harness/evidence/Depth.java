package dev.touchstone.harness.evidence;

/** How much of a process a look reads. */
public enum Depth {
    /** Counters and totals: cheap enough for twenty looks a second. */
    QUICK,
    /** Also every file mapping; the kernel walks the page tables for it, which takes milliseconds a GiB. */
    WITH_MAPPINGS
}
