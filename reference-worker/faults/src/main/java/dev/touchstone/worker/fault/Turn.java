package dev.touchstone.worker.fault;

import dev.touchstone.worker.generate.SamplingOptions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import net.bytebuddy.asm.Advice;

/**
 * What the engine thread is about: which generation of this process, of which prompt, and which token of it. Faults that
 * show only sometimes ask it. Used by the engine thread alone.
 */
public final class Turn {

    private static final Map<Integer, Integer> ASKED = new HashMap<>();
    private static int number;
    private static int step;
    private static int times;
    private static boolean greedy;

    private Turn() {}

    public static void begin(SamplingOptions options) {
        if (Serving.begun()) {
            number++;
            step = 0;
            greedy = options.temperature() == 0;
        }
    }

    public static void reads(int[] prompt, int from) {
        if (Serving.begun() && from == 0) {
            times = ASKED.merge(Arrays.hashCode(prompt), 1, Integer::sum);
        }
    }

    /** Counts a token; returns which one of the generation it is, from 0, and -1 while the worker does not serve yet. */
    public static int next() {
        return Serving.begun() ? step++ : -1;
    }

    /** Tokens chosen so far. */
    public static int step() {
        return Serving.begun() ? step : -1;
    }

    /** Which generation of this process it is, from 1. */
    public static int number() {
        return number;
    }

    /** How often this prompt has been asked, this time included. */
    public static int times() {
        return times;
    }

    public static boolean greedy() {
        return greedy;
    }

    /** The likeliest token beside the one that was chosen; tells that the fault fired. */
    public static int instead(float[] logits, int chosen) {
        Fired.now();
        int best = chosen == 0 ? 1 : 0;
        for (int id = 0; id < logits.length; id++) {
            if (id != chosen && logits[id] > logits[best]) {
                best = id;
            }
        }
        return best;
    }

    /** A generation begins. */
    public static final class Begins {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(0) SamplingOptions options) {
            Turn.begin(options);
        }
    }

    /** Its prompt is read. */
    public static final class Reads {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(0) int[] tokens, @Advice.Argument(1) int from) {
            Turn.reads(tokens, from);
        }
    }
}
