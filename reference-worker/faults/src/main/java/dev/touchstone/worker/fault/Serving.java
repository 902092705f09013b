package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.named;

import net.bytebuddy.asm.Advice;

/**
 * Whether the worker serves. Before that it rehearses on a stand-in model, and what goes wrong there is no fault that
 * anybody can see; a fault that would fire there is woven together with {@link #WEAVE}. Thread-safe.
 */
public final class Serving {

    static final Weave WEAVE = new Weave("dev.touchstone.worker.Rehearsal", named("await"), RehearsalOver.class);

    private static volatile boolean begun;

    private Serving() {}

    public static boolean now() {
        return begun;
    }

    public static void begin() {
        begun = true;
    }

    /** The last thing before the port is opened. */
    public static final class RehearsalOver {
        @Advice.OnMethodExit
        public static void exit() {
            Serving.begin();
        }
    }
}
