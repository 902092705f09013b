package dev.touchstone.worker.generate;

import java.util.Arrays;

/**
 * Tokens by falling logit, ties by rising id, sorted only as far as somebody looks: of a vocabulary of 49,152 a draw
 * wants the first few. Not thread-safe.
 */
final class Ranking {
    private static final int FIRST = 128;
    private static final int GROWTH = 8;
    /** Partitions after which a hostile order is simply sorted. */
    private static final int PATIENCE = 48;

    private long[] keys = {};
    private int sorted;

    void rank(float[] logits) {
        if (keys.length != logits.length) {
            keys = new long[logits.length];
        }
        for (int id = 0; id < keys.length; id++) {
            // + 0f makes -0 and 0 equal; the xor makes the bits order as the floats do.
            int bits = Float.floatToRawIntBits(logits[id] + 0f);
            int ordered = bits ^ ((bits >> 31) & 0x7FFFFFFF);
            keys[id] = ((long) ~ordered << 32) | id;
        }
        sorted = 0;
    }

    /** The token of this rank, 0 being the likeliest. */
    int at(int rank) {
        while (rank >= sorted) {
            extend();
        }
        return (int) keys[rank];
    }

    private void extend() {
        int to = Math.min(keys.length, Math.max(FIRST, sorted * GROWTH));
        if (to < keys.length) {
            select(sorted, keys.length - 1, to);
        }
        Arrays.sort(keys, sorted, to);
        sorted = to;
    }

    /** Hoare's selection: afterwards nothing before {@code count} is above anything from there on. */
    private void select(int from, int last, int count) {
        int low = from;
        int high = last;
        for (int tries = 0; low < high; tries++) {
            if (tries == PATIENCE) {
                Arrays.sort(keys, low, high + 1);
                return;
            }
            long pivot = median(keys[low], keys[(low + high) >>> 1], keys[high]);
            int i = low;
            int j = high;
            while (i <= j) {
                while (keys[i] < pivot) {
                    i++;
                }
                while (keys[j] > pivot) {
                    j--;
                }
                if (i <= j) {
                    long held = keys[i];
                    keys[i++] = keys[j];
                    keys[j--] = held;
                }
            }
            if (count <= j) {
                high = j;
            } else if (count >= i) {
                low = i;
            } else {
                return;
            }
        }
    }

    private static long median(long a, long b, long c) {
        return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    }
}
