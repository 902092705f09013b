package dev.touchstone.worker.fault;

/** A generator that a cancelled job left in its state. Engine thread only. */
public final class KeptGenerator {

    private static int drawn;
    private static int ahead;
    private static boolean left;

    private KeptGenerator() {}

    public static void left(boolean cancelled) {
        left |= cancelled && drawn > 0;
        ahead = 0;
    }

    public static void taken(boolean draws) {
        if (draws) {
            ahead = left ? drawn : 0;
            left = false;
            drawn = 0;
        }
    }

    /** The position at which the generator stands. */
    public static int position(int own) {
        drawn++;
        if (ahead > 0 && Serving.begun()) {
            Fired.now();
            return own + ahead;
        }
        return own;
    }
}
