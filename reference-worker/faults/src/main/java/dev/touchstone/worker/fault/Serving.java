package dev.touchstone.worker.fault;

import net.bytebuddy.asm.Advice;

/**
 * Whether the worker serves its own model by now. Before that it rehearses on a stand-in, through the same classes, and a
 * fault that counts or breaks something must leave the rehearsal alone. Thread-safe.
 */
public final class Serving {

    private static volatile boolean begun;

    private Serving() {}

    public static boolean begun() {
        return begun;
    }

    public static void begin() {
        begun = true;
    }

    /** Woven into where the rehearsal is over and the scheduler is about to be made. */
    public static final class Begins {
        private Begins() {}

        @Advice.OnMethodEnter
        public static void enter() {
            begin();
        }
    }
}
