package dev.touchstone.features.teeth.host;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** What a live worker has done so far. Thread-safe. */
final class Served {

    private final AtomicLong tokens = new AtomicLong();
    private final AtomicLong jobs = new AtomicLong();
    private final AtomicLong cancels = new AtomicLong();
    private final Set<String> prompts = ConcurrentHashMap.newKeySet();

    void token() {
        tokens.incrementAndGet();
    }

    void job(String prompt) {
        jobs.incrementAndGet();
        prompts.add(prompt);
    }

    void cancel() {
        cancels.incrementAndGet();
    }

    long tokens() {
        return tokens.get();
    }

    /** Jobs whose stream has ended. */
    long jobs() {
        return jobs.get();
    }

    /** How many different prompts those jobs had. */
    long prompts() {
        return prompts.size();
    }

    long cancels() {
        return cancels.get();
    }
}
