package dev.touchstone.worker.model.tokenizer;

import java.util.Arrays;

/** Which pairs of tokens merge, into which token, and how early: a hash table of ints. Immutable once filled. */
final class MergeTable {
    static final int NONE = Integer.MAX_VALUE;

    private final long[] pairs;
    private final int[] ranks;
    private final int[] merged;
    private final int mask;

    /** Makes a table with room for {@code count} pairs, half full at most. */
    MergeTable(int count) {
        int size = Integer.highestOneBit(Math.max(8, count)) * 4;
        pairs = new long[size];
        ranks = new int[size];
        merged = new int[size];
        mask = size - 1;
        Arrays.fill(pairs, -1);
        Arrays.fill(ranks, NONE);
    }

    /** Adds a pair; of equal pairs the first counts. */
    void add(int left, int right, int rank, int whole) {
        int slot = slot(left, right);
        if (ranks[slot] == NONE) {
            pairs[slot] = pair(left, right);
            ranks[slot] = rank;
            merged[slot] = whole;
        }
    }

    /** The rank of the pair, or {@link #NONE}. */
    int rank(int left, int right) {
        return ranks[slot(left, right)];
    }

    /** The token that the pair becomes; only for pairs with a rank. */
    int merged(int left, int right) {
        return merged[slot(left, right)];
    }

    private int slot(int left, int right) {
        long pair = pair(left, right);
        long mixed = pair * 0x9E3779B97F4A7C15L;
        int slot = (int) (mixed >>> 32) & mask;
        while (pairs[slot] != -1 && pairs[slot] != pair) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private static long pair(int left, int right) {
        return (long) left << 32 | right & 0xFFFF_FFFFL;
    }
}
