package dev.touchstone.features.steps;

import dev.touchstone.harness.client.RawConnection;
import dev.touchstone.harness.transcript.Exchange;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A request that goes on and on.
 *
 * @param how the worker is told of its length
 * @param begin its head, and whatever else comes first
 * @param piece what is sent again and again
 * @param payload bytes of the body in a piece
 * @param untilClosed whether an answer is no reason to stop, since it answers only what came first
 */
record Flood(String how, byte[] begin, byte[] piece, int payload, boolean untilClosed) {

    private static final Duration REST_OF_ANSWER = Duration.ofMillis(50);

    /** @param sent bytes of the body that the connection took before the answer, or before it broke */
    record Outcome(Exchange answer, long sent) {}

    Outcome send(World world, long whole, Duration limit) throws InterruptedException {
        RawConnection connection = world.closing(world.raw().open(how, begin, RawConnection.Reading.EVERYTHING));
        var sent = new AtomicLong();
        var enough = new AtomicBoolean();
        Thread writer = Thread.ofVirtual().start(() -> write(connection, whole, sent, enough));
        long until = System.nanoTime() + limit.toNanos();
        if (untilClosed) {
            while (!connection.hasEnded() && sent.get() < whole && System.nanoTime() < until) {
                writer.join(Duration.ofMillis(50));
            }
        } else {
            connection.answer().awaitHead(limit);
        }
        enough.set(true);
        long taken = sent.get();
        Exchange answer = connection.awaitEnd(REST_OF_ANSWER);
        writer.join();
        return new Outcome(answer, taken);
    }

    private void write(RawConnection connection, long whole, AtomicLong sent, AtomicBoolean enough) {
        try {
            while (!enough.get() && sent.get() < whole && connection.send(piece)) {
                sent.addAndGet(payload);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
