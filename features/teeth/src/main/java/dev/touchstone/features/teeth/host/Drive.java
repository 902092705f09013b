package dev.touchstone.features.teeth.host;

import java.util.function.LongSupplier;

/**
 * What moves the replay of a recording on. The recorded workers leaked by the step or by the fifth of a second; where the
 * fault is a leak by something that is served, the recording goes on by so much with each of it. Nothing is scaled.
 */
enum Drive {
    /** The time on the wall. */
    TIME,
    /** Each token is one step. */
    TOKENS,
    /** Each job is one {@link #TURN}. */
    JOBS,
    /** Each prompt that did not come before is one {@link #TURN}. */
    PROMPTS,
    /** Each cancelled job is one {@link #TURN}. */
    CANCELS;

    /** In nanoseconds: what {@code decode.cu} keeps by time, it keeps five times a second. */
    static final long TURN = 200_000_000;

    private static final double SECOND = 1e9;

    LongSupplier nanos(Recording recording, Served served) {
        return switch (this) {
            case TIME -> System::nanoTime;
            case TOKENS -> () -> (long) (served.tokens() * SECOND / recording.stepsPerSecond());
            case JOBS -> () -> served.jobs() * TURN;
            case PROMPTS -> () -> served.prompts() * TURN;
            case CANCELS -> () -> served.cancels() * TURN;
        };
    }
}
