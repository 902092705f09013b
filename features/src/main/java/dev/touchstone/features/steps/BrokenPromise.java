package dev.touchstone.features.steps;

import dev.touchstone.harness.verdict.Verdict;

/** Ends a scenario whose promise the worker broke; carries the verdict so that listeners need not parse text. */
public final class BrokenPromise extends AssertionError {

    private static final long serialVersionUID = 1;
    private final transient Verdict.Broken verdict;

    BrokenPromise(Verdict.Broken verdict) {
        super(verdict.rule() + ": " + verdict.summary());
        this.verdict = verdict;
    }

    /** What was expected and what came instead. */
    public Verdict.Broken verdict() {
        return verdict;
    }
}
