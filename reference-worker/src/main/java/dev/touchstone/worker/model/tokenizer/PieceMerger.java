package dev.touchstone.worker.model.tokenizer;

/**
 * Merges one piece's tokens, lowest rank first and leftmost among equals, until no neighbours merge. A linked list and a
 * heap keep a piece of n bytes at O(n log n). Not thread-safe; one use.
 */
final class PieceMerger {
    private final MergeTable merges;
    private final int[] ids;
    private final int[] next;
    private final int[] previous;
    private final LongHeap queue;

    /** @param ids the tokens of the piece's bytes; -1 for a byte that has no token, which is left out; overwritten */
    PieceMerger(MergeTable merges, int[] ids) {
        this.merges = merges;
        this.ids = ids;
        next = new int[ids.length];
        previous = new int[ids.length];
        queue = new LongHeap(ids.length);
    }

    /** Appends the merged tokens. */
    void mergeInto(TokenList out) {
        for (int i = 0; i < ids.length; i++) {
            previous[i] = i - 1;
            next[i] = i + 1 < ids.length ? i + 1 : -1;
        }
        for (int i = 0; i + 1 < ids.length; i++) {
            offer(i);
        }
        while (!queue.isEmpty()) {
            long entry = queue.removeLeast();
            take((int) (entry >>> 32), (int) entry);
        }
        for (int i = 0; i >= 0 && i < ids.length; i = next[i]) {
            if (ids[i] >= 0) {
                out.add(ids[i]);
            }
        }
    }

    private void offer(int left) {
        int rank = merges.rank(ids[left], ids[next[left]]);
        if (rank != MergeTable.NONE) {
            queue.add((long) rank << 32 | left);
        }
    }

    private void take(int rank, int left) {
        int right = next[left];
        // A rank names one pair, so an entry is stale exactly when the pair at this place has another rank. What was
        // swallowed by a merge has the id -1, which no pair contains.
        if (right < 0 || merges.rank(ids[left], ids[right]) != rank) {
            return;
        }
        ids[left] = merges.merged(ids[left], ids[right]);
        ids[right] = -1;
        next[left] = next[right];
        if (next[left] >= 0) {
            previous[next[left]] = left;
            offer(left);
        }
        if (previous[left] >= 0) {
            offer(previous[left]);
        }
    }
}
