package dev.touchstone.features.teeth;

import java.util.ArrayList;
import java.util.List;

/** Keeps every core busy, since verdicts must be the same on a loaded machine. */
final class Noise implements AutoCloseable {

    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean over;
    private volatile long sink;

    /** Begins where it is wanted. */
    static Noise begin(boolean wanted) {
        Noise noise = new Noise();
        if (wanted) {
            for (int n = 0; n < Runtime.getRuntime().availableProcessors(); n++) {
                noise.threads.add(
                        Thread.ofPlatform().daemon().name("noise-" + n).start(noise::spin));
            }
        }
        return noise;
    }

    private void spin() {
        long x = 88172645463325252L;
        while (!over) {
            x ^= x << 13;
            x ^= x >>> 7;
            x ^= x << 17;
            sink = x;
        }
    }

    /** The last number, so that no compiler leaves the work out. */
    long last() {
        return sink;
    }

    @Override
    public void close() {
        over = true;
    }
}
