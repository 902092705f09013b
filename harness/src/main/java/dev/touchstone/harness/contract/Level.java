package dev.touchstone.harness.contract;

/** How binding a requirement is, as RFC 2119 uses the words. Only {@link #MUST} decides the exit status of a run. */
public enum Level {
    MUST,
    SHOULD,
    MAY
}
