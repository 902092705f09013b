package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpOpenListener;
import io.undertow.util.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.xnio.StreamConnection;

/** Requests that are slow, enormous, deep or ambiguous, and taken otherwise than promised. */
final class HostileRequestFaults {

    private static final String HEAD = "dev.touchstone.worker.http.RequestHead";
    private static final String CONNECTORS = "io.undertow.server.Connectors";
    private static final String RECEIVER = "io.undertow.io.AsyncReceiverImpl";

    static final Map<String, List<Weave>> ALL = Map.ofEntries(
            Map.entry(
                    "thread-for-each-connection",
                    List.of(new Weave(
                            "io.undertow.server.protocol.http.HttpOpenListener",
                            named("handleEvent").and(takesArguments(StreamConnection.class)),
                            FewThreads.class))),
            Map.entry(
                    "body-read-whole",
                    List.of(
                            new Weave(RECEIVER, named("setMaxBufferSize"), NoLimit.class),
                            new Weave(
                                    "io.undertow.server.HttpServerExchange",
                                    named("getRequestContentLength"),
                                    LengthUnseen.class))),
            Map.entry(
                    "chunked-body-unlimited",
                    List.of(new Weave(RECEIVER, named("setMaxBufferSize"), NoLimitForChunks.class))),
            Map.entry(
                    "nesting-overflows-stack",
                    List.of(new Weave("dev.touchstone.worker.http.JsonReader", named("object"), Recursive.class))),
            Map.entry(
                    "slow-request-never-cut",
                    List.of(new Weave(
                            "dev.touchstone.worker.http.FramedSource", named("watchTime"), NoDeadline.class))),
            Map.entry(
                    "request-smuggled-behind-length",
                    List.of(
                            new Weave(HEAD, named("end"), BothTaken.class),
                            new Weave(CONNECTORS, named("areRequestHeadersValid"), AllValid.class))),
            Map.entry(
                    "first-length-wins",
                    List.of(
                            new Weave(HEAD, named("contentLength"), FirstLength.class),
                            new Weave(CONNECTORS, named("areRequestHeadersValid"), AllValid.class))),
            Map.entry("folded-line-taken", List.of(new Weave(HEAD + "$Field", named("of"), FoldedTaken.class))),
            Map.entry(
                    "chunk-size-read-leniently",
                    List.of(new Weave("dev.touchstone.worker.http.ChunkedFraming", named("size"), LenientSize.class))));

    private HostileRequestFaults() {}

    /** A connection is served by a thread of its own, of which there are few; the others wait until one ends. */
    public static final class FewThreads {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter(
                @Advice.This(typing = Assigner.Typing.DYNAMIC) Object listener,
                @Advice.Argument(0) StreamConnection connection) {
            return Threads.areBusy(listener, connection);
        }
    }

    /** The threads; apart from the advice, which must not name the class that it changes. */
    public static final class Threads {
        private static final int MOST = 64;
        private static final int LOOK_AGAIN_MILLIS = 20;
        private static final List<StreamConnection> SERVED = new ArrayList<>();

        private Threads() {}

        /** Whether the connection has to wait; it then comes back by itself. */
        public static boolean areBusy(Object listener, StreamConnection connection) {
            synchronized (SERVED) {
                SERVED.removeIf(c -> !c.isOpen());
                if (SERVED.size() < MOST) {
                    SERVED.add(connection);
                    return false;
                }
            }
            Fired.now();
            if (connection.isOpen()) {
                connection
                        .getIoThread()
                        .executeAfter(
                                () -> ((HttpOpenListener) listener).handleEvent(connection),
                                LOOK_AGAIN_MILLIS,
                                TimeUnit.MILLISECONDS);
            }
            return true;
        }
    }

    /** A body of any size is taken into memory. */
    public static final class NoLimit {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 0, readOnly = false) int limit) {
            limit = -1;
        }
    }

    /** Nobody sees how long a long body will be. */
    public static final class LengthUnseen {
        public static final long LONG = 2L << 20;

        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) long length) {
            if (length > LONG) {
                Fired.now();
                length = -1;
            }
        }
    }

    /** A body without Content-Length has no limit. */
    public static final class NoLimitForChunks {
        @Advice.OnMethodEnter
        public static void enter(
                @Advice.FieldValue("exchange") HttpServerExchange exchange,
                @Advice.Argument(value = 0, readOnly = false) int limit) {
            if (exchange.getRequestHeaders().contains(Headers.TRANSFER_ENCODING)) {
                Fired.now();
                limit = -1;
            }
        }
    }

    /** JSON is read by a method that calls itself for each level. */
    public static final class Recursive {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(0) byte[] body) {
            read(body);
        }

        public static void read(byte[] body) {
            try {
                value(body, 0);
            } catch (StackOverflowError e) {
                Fired.now();
                throw e;
            }
        }

        /** Returns the place behind the value; strings do not matter for the depth of what the kit sends. */
        private static int value(byte[] body, int from) {
            int at = from;
            while (at < body.length) {
                byte b = body[at++];
                if (b == '[' || b == '{') {
                    at = value(body, at);
                } else if (b == ']' || b == '}') {
                    return at;
                }
            }
            return at;
        }
    }

    /** No request has a time by which it must have come. */
    public static final class NoDeadline {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter() {
            Fired.now();
            return true;
        }
    }

    /** A head with both Content-Length and Transfer-Encoding is taken. */
    public static final class BothTaken {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter(
                @Advice.FieldValue("chunked") boolean chunked, @Advice.FieldValue("lengths") int lengths) {
            return SecurityFaults.Opened.where(chunked && lengths > 0);
        }
    }

    /** Nobody compares the headers that tell a length. */
    public static final class AllValid {
        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) boolean valid) {
            valid = true;
        }
    }

    /** A further Content-Length is passed over. */
    public static final class FirstLength {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter(@Advice.FieldValue("lengths") int lengths) {
            return SecurityFaults.Opened.where(lengths > 0);
        }
    }

    /** A line that begins with white space goes on with the one before. */
    public static final class FoldedTaken {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 1, readOnly = false) String line) {
            if (line.startsWith(" ") || line.startsWith("\t")) {
                Fired.now();
                line = "x-folded: " + line.strip();
            }
        }
    }

    /** The digits at the beginning of a size are the size. */
    public static final class LenientSize {
        @Advice.OnMethodExit(onThrowable = Exception.class)
        public static void exit(
                @Advice.Argument(0) String line,
                @Advice.Return(readOnly = false) long size,
                @Advice.Thrown(readOnly = false) Throwable failure) {
            if (failure != null) {
                Fired.now();
                failure = null;
                size = Long.parseLong("0" + line.replaceAll("[^0-9a-fA-F].*", ""), 16);
            }
        }
    }
}
