package dev.touchstone.worker.fault;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A cancelled job's cache is not given back. Of the engine's thread. */
public final class LostCache {

    private static @Nullable List<?> free;
    private static @Nullable Object last;

    private LostCache() {}

    /** A cache is free again. */
    public static void cameBack(List<?> caches, Object cache) {
        free = caches;
        last = cache;
    }

    /** The job that had it ended; a cancelled one's is free no longer, and its memory is nobody's. */
    public static void ended(boolean cancelled) {
        List<?> caches = free;
        Object cache = last;
        if (cancelled && Serving.begun() && caches != null && cache != null && caches.remove(cache)) {
            Fired.now();
        }
        last = null;
    }
}
