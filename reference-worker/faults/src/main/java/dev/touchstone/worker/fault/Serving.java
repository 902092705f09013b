package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.named;

import java.util.List;
import java.util.stream.Stream;
import net.bytebuddy.asm.Advice;

/**
 * Whether the worker serves its own model by now. Before that it rehearses on a stand-in, through the same classes, and a
 * fault that counts or breaks something must leave the rehearsal alone. Thread-safe.
 */
public final class Serving {

    /** Woven together with a fault that asks whether the worker serves. */
    static final Weave WEAVE = new Weave("dev.touchstone.worker.ServeCommand", named("run"), Begins.class);

    private static volatile boolean begun;

    private Serving() {}

    /** The weaves of a fault that asks whether the worker serves. */
    static List<Weave> with(Weave... weaves) {
        return Stream.concat(Stream.of(WEAVE), Stream.of(weaves)).toList();
    }

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
