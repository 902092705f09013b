package dev.touchstone.worker.fault;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import net.bytebuddy.asm.Advice;

/** How many jobs the worker has at a time, and what the others ask. Thread-safe. */
public final class Batch {

    private static final int REMEMBERED = 16;

    private static final Deque<int[]> PROMPTS = new ArrayDeque<>();
    private static volatile int size;

    private Batch() {}

    public static void size(int jobs) {
        size = jobs;
    }

    /** Jobs that run or wait; 0 while the worker does not serve yet. */
    public static int size() {
        return Serving.begun() ? size : 0;
    }

    public static void comes(int[] prompt) {
        synchronized (PROMPTS) {
            PROMPTS.addFirst(prompt.clone());
            if (PROMPTS.size() > REMEMBERED) {
                PROMPTS.removeLast();
            }
        }
    }

    /** The latest prompt that is another than this one, or this one. */
    public static int[] another(int[] own) {
        synchronized (PROMPTS) {
            return PROMPTS.stream()
                    .filter(prompt -> !Arrays.equals(prompt, own))
                    .findFirst()
                    .orElse(own);
        }
    }

    /** A job comes. */
    public static final class Comes {
        @Advice.OnMethodExit
        public static void exit(@Advice.Argument(1) int[] prompt) {
            Batch.comes(prompt);
        }
    }

    /** The number of places changes. */
    public static final class Places {
        @Advice.OnMethodExit
        public static void exit(@Advice.FieldValue("places") int places) {
            Batch.size(places);
        }
    }
}
