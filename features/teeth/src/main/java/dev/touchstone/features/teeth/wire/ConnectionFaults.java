package dev.touchstone.features.teeth.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;

/** Answers that are compressed unasked, or that another answer's bytes are mixed with. */
final class ConnectionFaults {

    /** What a minute of polling comes to, roughly, with a poll every few seconds. */
    private static final int POLLS = 16;

    private static final int TAIL = 3;

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            Map.entry("stream-gzipped-unasked", ConnectionFaults::gzippedStream),
            Map.entry("openai-stream-gzipped-unasked", ConnectionFaults::gzippedStream),
            Map.entry("last-chunk-twice", ConnectionFaults::lastChunkTwice),
            Map.entry("stale-frames-on-kept-connection", ConnectionFaults::staleFrames),
            Map.entry("body-of-refused-request-read-as-next", ConnectionFaults::bodyLeftUnread),
            Map.entry("headers-in-body-after-polling", ConnectionFaults::headersInBody),
            Map.entry("third-stream-begins-with-last-tail", () -> third(true)),
            Map.entry("third-stream-ends-with-last-tail", () -> third(false)),
            Map.entry("third-stream-named-after-last", ConnectionFaults::thirdNamedAfterLast));

    private ConnectionFaults() {}

    private static TrafficChange gzippedStream() {
        return StreamChange.of((passage, answer) -> {
            passage.fired();
            passage.client().head(answer.head().with("Content-Encoding", "gzip"));
            var out = new ByteArrayOutputStream();
            try (var gzip = new GZIPOutputStream(out, 512, true)) {
                for (Optional<Frame> frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
                    gzip.write(frame.get().bytes());
                    gzip.flush();
                    passage.client().body(out.toByteArray());
                    out.reset();
                }
            }
            passage.client().body(out.toByteArray());
            passage.client().end();
        });
    }

    /** Both the server and the layer over it end the body. */
    private static TrafficChange lastChunkTwice() {
        return StreamChange.of((passage, answer) -> {
            passage.client().head(answer.head());
            StreamChange.rest(passage, answer);
            passage.fired();
            passage.client().raw("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        });
    }

    /** A frame too many is flushed when its response is over. */
    private static TrafficChange staleFrames() {
        return StreamChange.of((passage, answer) -> {
            passage.client().head(answer.head());
            StreamChange.rest(passage, answer);
            passage.fired();
            passage.client().raw("event: token\ndata: {\"t\":\" 8\",\"i\":8}\n\n".getBytes(StandardCharsets.US_ASCII));
        });
    }

    /** A request is refused before its body was read, and the body is then taken for the next request. */
    private static TrafficChange bodyLeftUnread() {
        return passage -> {
            if (!passage.request().method().equals("POST")) {
                passage.relay();
                return;
            }
            WorkerAnswer answer = passage.ask();
            passage.client().head(answer.head());
            if (answer.head().isEventStream()) {
                StreamChange.rest(passage, answer);
                return;
            }
            passage.client().body(answer.allOfBody());
            passage.client().end();
            if (answer.head().status() / 100 == 4) {
                passage.fired();
                passage.client().raw(badRequest());
            }
        };
    }

    private static byte[] badRequest() {
        return "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    }

    /** After some time the head of an answer is written twice, the second time into the body. */
    private static TrafficChange headersInBody() {
        var polls = new AtomicInteger();
        return passage -> {
            if (!passage.request().is("GET", "/health") || polls.incrementAndGet() < POLLS) {
                passage.relay();
                return;
            }
            WorkerAnswer answer = passage.ask();
            AnswerHead head = answer.head();
            byte[] again = Head.bytes("HTTP/1.1 " + head.status() + " " + head.reason(), head.headers());
            var body = new ByteArrayOutputStream();
            body.writeBytes(again);
            body.writeBytes(answer.allOfBody());
            passage.fired();
            passage.client().answer(head, body.toByteArray());
        };
    }

    /** A buffer that is used again still has the last frames of the stream before. */
    private static TrafficChange third(boolean first) {
        var streams = new AtomicInteger();
        List<Frame> tail = new CopyOnWriteArrayList<>();
        return StreamChange.of((passage, answer) -> {
            List<Frame> stale = List.copyOf(tail);
            boolean hit = streams.incrementAndGet() % 3 == 0 && !stale.isEmpty();
            passage.client().head(answer.head());
            if (hit && first) {
                passage.fired();
                send(passage, stale);
            }
            List<Frame> own = new ArrayList<>();
            for (Optional<Frame> frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
                own.add(frame.get());
                passage.client().body(frame.get().bytes());
            }
            if (hit && !first) {
                passage.fired();
                send(passage, stale);
            }
            tail.clear();
            tail.addAll(own.subList(Math.max(0, own.size() - TAIL), own.size()));
            passage.client().end();
        });
    }

    private static void send(Passage passage, List<Frame> frames) throws IOException {
        for (Frame frame : frames) {
            passage.client().body(frame.bytes());
        }
    }

    private static TrafficChange thirdNamedAfterLast() {
        var streams = new AtomicInteger();
        var before = new AtomicReference<>("");
        return FrameChange.of(ClientRequest::asksForText, () -> (frame, fired) -> {
            if (!frame.is("started")) {
                return List.of(frame);
            }
            String last = before.getAndSet(
                    frame.json().map(s -> s.path("job_id").asText()).orElse(""));
            if (streams.incrementAndGet() % 3 != 0) {
                return List.of(frame);
            }
            fired.run();
            return List.of(frame.edited(s -> s.put("job_id", last)));
        });
    }
}
