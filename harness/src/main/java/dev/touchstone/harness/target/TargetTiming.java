package dev.touchstone.harness.target;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What lies between a worker and a measurement of it, and is not the worker's doing.
 *
 * @param roundTrip median time of a TCP connect, which the operating system of the other side answers, not the worker
 * @param jitter by how much this machine's scheduler woke us late at worst
 */
public record TargetTiming(Duration roundTrip, Duration jitter) {

    private static final int CONNECTS = 5;
    private static final int NAPS = 25;
    private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    /** For each of the two measurements, so that both take less than 0.3 s. */
    private static final long LIMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(140);

    /** Nothing was measured, as where no traffic is wanted. */
    public static final TargetTiming NONE = new TargetTiming(Duration.ZERO, Duration.ZERO);

    /** Measures both; a target that takes no connection has a round trip of zero, since other things will say so. */
    public static TargetTiming measure(Target target) {
        return new TargetTiming(timeConnects(target), timeNaps());
    }

    private static Duration timeConnects(Target target) {
        List<Long> times = new ArrayList<>();
        var address = new InetSocketAddress(target.host(), target.port()); // the name is looked up once, untimed
        long begun = System.nanoTime();
        while (times.size() < CONNECTS && System.nanoTime() - begun < LIMIT_NANOS) {
            long before = System.nanoTime();
            try (Socket socket = new Socket()) {
                socket.connect(address, (int) TimeUnit.NANOSECONDS.toMillis(LIMIT_NANOS));
                times.add(System.nanoTime() - before);
            } catch (IOException e) {
                return Duration.ZERO;
            }
        }
        Collections.sort(times);
        return times.isEmpty() ? Duration.ZERO : Duration.ofNanos(times.get(times.size() / 2));
    }

    private static Duration timeNaps() {
        long worst = 0;
        long begun = System.nanoTime();
        for (int i = 0; i < NAPS && System.nanoTime() - begun < LIMIT_NANOS; i++) {
            long before = System.nanoTime();
            LockSupport.parkNanos(NAP_NANOS);
            worst = Math.max(worst, System.nanoTime() - before - NAP_NANOS);
        }
        return Duration.ofNanos(worst);
    }
}
