package dev.touchstone.harness.target;

/** Which routes a target is spoken to by. */
public enum Dialect {
    /** The contract's own routes, {@code /execute} and the rest. */
    NATIVE,
    /** The OpenAI-compatible routes. */
    OPENAI,
    /** To be found out by asking the target. */
    AUTO
}
