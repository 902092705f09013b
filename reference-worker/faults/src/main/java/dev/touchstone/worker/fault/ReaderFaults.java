package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.named;

import dev.touchstone.worker.job.Job;
import dev.touchstone.worker.job.JobEvent;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import net.bytebuddy.asm.Advice;
import org.xnio.Options;

/**
 * What slow readers lose. The worker's socket gets a small buffer, as many systems give, so that it fills while a
 * reader pauses; that alone is no fault.
 */
final class ReaderFaults {

    private static final String STREAM = "dev.touchstone.worker.http.EventStream";
    private static final Weave STALLS = new Weave(STREAM, named("waitForSocket"), Stalls.class);
    private static final Weave SMALL = new Weave(STREAM, named("start"), SmallBuffer.class);

    static final Map<String, List<Weave>> ALL = Map.ofEntries(
            Map.entry("write-timeout-300-ms", List.of(SMALL, new Weave(STREAM, isConstructor(), Impatient.class))),
            Map.entry("unsent-tokens-dropped", List.of(SMALL, STALLS, new Weave(STREAM, named("fill"), Full.class))),
            Map.entry(
                    "unsent-tokens-merged",
                    List.of(
                            SMALL,
                            STALLS,
                            new Weave(STREAM, named("fill"), Many.class),
                            new Weave("dev.touchstone.worker.job.JobLog", named("get"), One.class))));

    private ReaderFaults() {}

    /** The socket holds a few events. */
    public static final class SmallBuffer {
        @Advice.OnMethodEnter
        public static void enter(@Advice.FieldValue("exchange") HttpServerExchange exchange) {
            try {
                exchange.getConnection().setOption(Options.SEND_BUFFER, 1024);
            } catch (IOException e) {
                throw new UncheckedIOException("the socket's buffer cannot be made small", e);
            }
        }
    }

    /** A client that takes nothing for 300 ms is cut off, whatever the write timeout. */
    public static final class Impatient {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 4, readOnly = false) Duration writeTimeout) {
            Fired.now();
            writeTimeout = Duration.ofMillis(300);
        }
    }

    /** The socket is full. */
    public static final class Stalls {
        @Advice.OnMethodEnter
        public static void enter(@Advice.FieldValue("job") Job job, @Advice.FieldValue("stalled") boolean already) {
            Backlog.stalls(job.log(), already);
        }
    }

    /** What waits for a full socket is dropped once it is too much, the oldest first. */
    public static final class Full {
        @Advice.OnMethodEnter
        public static void enter(
                @Advice.FieldValue("job") Job job,
                @Advice.FieldValue("stalled") boolean stalled,
                @Advice.FieldValue(value = "sent", readOnly = false) int sent) {
            sent = stalled ? Backlog.dropped(job.log(), sent) : sent;
        }
    }

    /** Tokens of which too many wait become one. */
    public static final class Many {
        @Advice.OnMethodEnter
        public static void enter(
                @Advice.FieldValue("job") Job job,
                @Advice.FieldValue("stalled") boolean stalled,
                @Advice.FieldValue(value = "sent", readOnly = false) int sent) {
            sent = stalled ? Backlog.merged(job.log(), sent) : sent;
        }
    }

    /** That one. */
    public static final class One {
        @Advice.OnMethodExit
        public static void exit(@Advice.This Object log, @Advice.Return(readOnly = false) JobEvent event) {
            event = Backlog.event(log, event);
        }
    }
}
