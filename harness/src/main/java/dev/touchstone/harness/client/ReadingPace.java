package dev.touchstone.harness.client;

import java.time.Duration;

/**
 * How slowly a client takes an answer from its socket.
 *
 * @param bytesPerRead most bytes of one read
 * @param bytesBetween bytes between two pauses
 * @param pauses how many pauses there are at most, after which the rest is read at once
 * @param pause how long nothing is read
 */
public record ReadingPace(int bytesPerRead, int bytesBetween, int pauses, Duration pause) {

    public ReadingPace {
        if (bytesPerRead < 1 || bytesBetween < 1 || pauses < 0 || pause.isNegative()) {
            throw new IllegalArgumentException(
                    "A pace needs reads and gaps of 1 byte or more and no negative pause, but was %d, %d, %d, %s."
                            .formatted(bytesPerRead, bytesBetween, pauses, pause));
        }
    }

    /** One byte a read, without a pause. */
    public static ReadingPace singleBytes() {
        return new ReadingPace(1, 1, 0, Duration.ZERO);
    }

    /** Pauses of this length, one after every so many bytes. */
    public static ReadingPace pausing(int pauses, Duration pause, int bytesBetween) {
        return new ReadingPace(Math.min(256, bytesBetween), bytesBetween, pauses, pause);
    }
}
