package dev.touchstone.worker.fault;

/** Whether something got into the engine that stays there. Thread-safe. */
public final class Poison {

    private static volatile boolean spread;

    private Poison() {}

    public static void spread() {
        spread = true;
    }

    public static boolean isSpread() {
        return spread;
    }
}
