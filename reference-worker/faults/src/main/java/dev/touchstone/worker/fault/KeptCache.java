package dev.touchstone.worker.fault;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What a cache of keys and values holds of earlier sequences, told by their tokens: the same tokens give the same keys
 * and values. Engine thread only.
 */
public final class KeptCache {

    private static final int BLOCK = 16;

    private static final List<Integer> SEQUENCE = new ArrayList<>();
    private static final Map<String, int[]> BY_TAIL = new HashMap<>();
    private static boolean roomy;
    private static boolean cancelled;
    private static int[] asked = {};
    private static int[] used = {};
    private static int[] last = {};

    private KeptCache() {}

    public static int room(int capacity, int context) {
        roomy = Serving.begun() && capacity + BLOCK <= context;
        return roomy ? capacity + BLOCK : capacity;
    }

    public static void decodes(int token) {
        SEQUENCE.add(token);
    }

    public static void cancelled(boolean now) {
        cancelled = now;
    }

    /** The prompt behind up to 16 tokens of the sequence before. */
    public static int[] behindTheLast(int[] prompt, int from, int to, boolean always) {
        if (from > 0 || !Serving.begun()) {
            return prompt;
        }
        List<Integer> left = roomy && (always || cancelled)
                ? List.copyOf(SEQUENCE.subList(Math.max(0, SEQUENCE.size() - BLOCK), SEQUENCE.size()))
                : List.of();
        cancelled = false;
        SEQUENCE.clear();
        Arrays.stream(prompt).forEach(SEQUENCE::add);
        if (!left.isEmpty()) {
            Fired.now();
        }
        return IntStream.concat(left.stream().mapToInt(Integer::intValue), Arrays.stream(prompt))
                .toArray();
    }

    /** The prompt as the one before, as far as that goes, where both begin with the same block. */
    public static int[] withPrefixOfTheLast(int[] prompt, int from) {
        if (from == 0) {
            asked = prompt;
            used = prompt.clone();
            boolean hit =
                    prompt.length > BLOCK && last.length >= BLOCK && Arrays.equals(prompt, 0, BLOCK, last, 0, BLOCK);
            int same = hit ? Math.min(prompt.length - 1, last.length) : 0;
            System.arraycopy(last, 0, used, 0, same);
            if (!Arrays.equals(prompt, used)) {
                Fired.now();
            }
            last = used;
        }
        return prompt == asked ? used : prompt;
    }

    /** The first prompt of this length and end. */
    public static int[] withTheSameTail(int[] prompt, int from) {
        if (from == 0) {
            asked = prompt;
            int[] tail = Arrays.copyOfRange(prompt, Math.max(0, prompt.length - BLOCK), prompt.length);
            used = BY_TAIL.computeIfAbsent(prompt.length + Arrays.toString(tail), key -> prompt.clone());
            if (!Arrays.equals(prompt, used)) {
                Fired.now();
            }
        }
        return prompt == asked ? used : prompt;
    }
}
