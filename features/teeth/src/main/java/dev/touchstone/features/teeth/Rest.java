package dev.touchstone.features.teeth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits until a worker has nothing to do, so that what an earlier trial left behind does not reach into the next. */
final class Rest {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int READ_MILLIS = 2000;

    private Rest() {}

    /** Returns whether it came to rest in time. */
    static boolean await(String url) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            if (isAtRest(url)) {
                return true;
            }
            LockSupport.parkNanos(POLL_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException("while waiting for a worker to come to rest");
            }
        }
        return false;
    }

    private static boolean isAtRest(String url) {
        try {
            HttpURLConnection call =
                    (HttpURLConnection) URI.create(url + "/health").toURL().openConnection();
            call.setConnectTimeout(READ_MILLIS);
            call.setReadTimeout(READ_MILLIS);
            try (var body = call.getInputStream()) {
                JsonNode health = new ObjectMapper().readTree(body);
                return health.path("queue_depth").asInt(-1) == 0 && !health.has("active_job");
            } finally {
                call.disconnect();
            }
        } catch (IOException e) {
            return false;
        }
    }
}
