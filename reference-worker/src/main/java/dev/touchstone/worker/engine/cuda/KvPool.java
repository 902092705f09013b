package dev.touchstone.worker.engine.cuda;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * The caches of sequences. The first, for the whole context, is there from the start, so that one sequence after another
 * allocates nothing; more are made as sequences are open side by side, kept when given back, and used again. Not
 * thread-safe. What a cache held before is never read: every position is written before.
 */
final class KvPool implements AutoCloseable {

    private final IntFunction<KvCache> making;
    private final List<KvCache> free = new ArrayList<>();
    private final KvCache first;

    /**
     * @param context positions of the first cache
     * @param making allocates a cache for so many positions
     */
    KvPool(int context, IntFunction<KvCache> making) {
        this.making = making;
        this.first = making.apply(context);
        free.add(first);
    }

    /** The smallest free cache that has the room; else a new one, for which a free one that is too small goes. */
    KvCache take(int positions) {
        Optional<KvCache> fitting = free.stream()
                .filter(cache -> cache.positions() >= positions)
                .min(Comparator.comparingInt(KvCache::positions));
        if (fitting.isPresent()) {
            free.remove(fitting.get());
            return fitting.get();
        }
        Optional<KvCache> small = free.stream().filter(cache -> cache != first).findFirst();
        small.ifPresent(cache -> {
            free.remove(cache);
            cache.memory().close();
        });
        return making.apply(positions);
    }

    void giveBack(KvCache cache) {
        free.add(cache);
    }

    /** Frees all that are not in use. */
    @Override
    public void close() {
        free.forEach(cache -> cache.memory().close());
        free.clear();
    }
}
