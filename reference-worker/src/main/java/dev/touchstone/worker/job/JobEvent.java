package dev.touchstone.worker.job;

import java.time.Instant;

/** What a job tells its client, in the wire's order: started, tokens, metrics, then one end or failure. */
public sealed interface JobEvent {
    record Started(Instant at) implements JobEvent {}

    record Token(int index, String text) implements JobEvent {}

    record Metrics(int tokensIn, double timeToFirstTokenMs, double tokensPerSecond) implements JobEvent {}

    record End(int tokensOut, int tokensIn, double decodeTimeMs, String stopReason) implements JobEvent {}

    record Failed(ErrorCode code, String message) implements JobEvent {}

    default boolean terminal() {
        return this instanceof End || this instanceof Failed;
    }
}
