package dev.touchstone.features.teeth.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Answers that HTTP (RFC 9110, RFC 9112) allows, framed and headed as few servers do. */
final class HttpOddities {

    private static final AnswerHead EARLY =
            new AnswerHead(103, "Early Hints", List.of(new HeaderLine("Link", "</style.css>; rel=preload")));

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            Map.entry("one-byte-a-chunk", () -> streams(HttpOddities::byteByByte)),
            Map.entry("chunks-of-seven-bytes", () -> streams((passage, bytes) -> pieces(passage, bytes, 7))),
            Map.entry("chunks-that-cut-characters", () -> streams(HttpOddities::cutCharacters)),
            Map.entry("chunk-extensions", () -> new RawChunks(";ts=1;name=\"a b\"", "")),
            Map.entry("trailer-fields", () -> new RawChunks("", "X-Checksum: 17\r\nX-Tokens: many\r\n")),
            Map.entry("chunk-sizes-with-zeros", () -> new RawChunks("", "", "%06X")),
            Map.entry(
                    "a-connection-for-every-request",
                    () -> OddAnswer.plain().headed(head -> head.with("Connection", "close"))),
            Map.entry("body-until-the-end-of-the-connection", UnframedBodies::new),
            Map.entry("extra-headers", () -> OddAnswer.plain().headed(HttpOddities::extraHeaders)),
            Map.entry("small-letter-headers", () -> OddAnswer.plain().headed(HttpOddities::smallLetters)),
            Map.entry("media-type-in-capitals", () -> typed("Text/Event-Stream; Charset=UTF-8", "Application/JSON")),
            Map.entry(
                    "media-type-with-quotes",
                    () -> typed("text/event-stream;charset=\"utf-8\"", "application/json; charset=\"utf-8\"")),
            Map.entry("media-type-without-charset", () -> typed("text/event-stream", "application/json")),
            Map.entry(
                    "cache-control-of-a-proxy",
                    () -> OddAnswer.plain()
                            .headed(head -> head.with("Cache-Control", "private, No-Cache, no-transform"))),
            Map.entry("no-reason-phrase", () -> OddAnswer.plain().headed(head -> head.withStatus(head.status(), ""))),
            Map.entry(
                    "other-reason-phrase",
                    () -> OddAnswer.plain().headed(head -> head.withStatus(head.status(), "Fine, thank you"))),
            Map.entry("early-hints", () -> new EarlyHints()),
            Map.entry("allow-of-several-methods", () -> OddAnswer.plain().headed(HttpOddities::moreMethods)),
            Map.entry("retry-after-as-a-date", () -> OddAnswer.plain().headed(HttpOddities::retryDate)));

    private HttpOddities() {}

    private static TrafficChange streams(OddAnswer.Writing writing) {
        return OddAnswer.plain().only(ClientRequest::asksForText).written(writing);
    }

    private static void byteByByte(Passage passage, byte[] bytes) throws IOException {
        pieces(passage, bytes, 1);
    }

    private static void pieces(Passage passage, byte[] bytes, int size) throws IOException {
        for (int from = 0; from < bytes.length; from += size) {
            passage.client().body(java.util.Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + size)));
        }
    }

    /** A boundary after the first byte of every character of several bytes. */
    private static void cutCharacters(Passage passage, byte[] bytes) throws IOException {
        ByteArrayOutputStream piece = new ByteArrayOutputStream();
        for (byte b : bytes) {
            piece.write(b);
            if ((b & 0xC0) == 0xC0) {
                passage.client().body(piece.toByteArray());
                piece.reset();
            }
        }
        if (piece.size() > 0) {
            passage.client().body(piece.toByteArray());
        }
    }

    private static AnswerHead extraHeaders(AnswerHead head) {
        return head.plus("X-Request-Id", "7f3a")
                .plus("Via", "1.1 gateway")
                .plus("Vary", "Accept-Encoding")
                .plus("Strict-Transport-Security", "max-age=31536000")
                .plus("X-RateLimit-Remaining", "99")
                .plus("Alt-Svc", "h3=\":443\"")
                .plus("Keep-Alive", "timeout=60");
    }

    private static AnswerHead smallLetters(AnswerHead head) {
        return new AnswerHead(
                head.status(),
                head.reason(),
                head.headers().stream()
                        .map(line -> new HeaderLine(line.name().toLowerCase(Locale.ROOT), line.value()))
                        .toList());
    }

    private static TrafficChange typed(String stream, String json) {
        return OddAnswer.plain()
                .headed(head -> head.header("Content-Type")
                        .map(type -> type.startsWith("text/event-stream")
                                ? head.with("Content-Type", stream)
                                : type.startsWith("application/json") ? head.with("Content-Type", json) : head)
                        .orElse(head));
    }

    private static AnswerHead moreMethods(AnswerHead head) {
        return head.header("Allow").isPresent()
                ? head.with("Allow", "OPTIONS, " + head.header("Allow").get() + ",HEAD")
                : head;
    }

    private static AnswerHead retryDate(AnswerHead head) {
        return head.header("Retry-After").isPresent()
                ? head.with("Retry-After", "Fri, 31 Dec 2027 23:59:59 GMT")
                : head;
    }

    /** An interim answer before each final one. */
    private static final class EarlyHints implements TrafficChange {
        @Override
        public void handle(Passage passage) throws IOException {
            StringBuilder interim = new StringBuilder("HTTP/1.1 " + EARLY.status() + " " + EARLY.reason() + "\r\n");
            EARLY.headers()
                    .forEach(h -> interim.append(h.name())
                            .append(": ")
                            .append(h.value())
                            .append("\r\n"));
            passage.client().raw((interim + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            passage.fired();
            passage.relay();
        }
    }

    /** A stream whose end is the connection's end, as HTTP/1.0 knows it (RFC 9112, section 6.3, rule 8). */
    private static final class UnframedBodies implements TrafficChange {
        @Override
        public void handle(Passage passage) throws IOException {
            WorkerAnswer answer = passage.ask();
            if (!answer.head().isEventStream()) {
                passage.client().answer(answer.head(), answer.allOfBody());
                return;
            }
            passage.fired();
            StringBuilder head = new StringBuilder("HTTP/1.1 200 OK\r\nConnection: close\r\n");
            answer.head().headers().stream()
                    .filter(h -> !h.is("Transfer-Encoding") && !h.is("Connection") && !h.is("Content-Length"))
                    .forEach(h ->
                            head.append(h.name()).append(": ").append(h.value()).append("\r\n"));
            passage.client().raw((head + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            for (Optional<Frame> frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
                passage.client().raw(frame.get().bytes());
            }
            passage.client().close();
        }
    }

    /** Chunks with extensions, with trailer fields after the last, or with sizes as wide as one likes. */
    private record RawChunks(String extension, String trailer, String size) implements TrafficChange {
        RawChunks(String extension, String trailer) {
            this(extension, trailer, "%x");
        }

        @Override
        public void handle(Passage passage) throws IOException {
            WorkerAnswer answer = passage.ask();
            if (!answer.head().isEventStream()) {
                passage.client().answer(answer.head(), answer.allOfBody());
                return;
            }
            passage.fired();
            StringBuilder head =
                    new StringBuilder("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\nConnection: close\r\n");
            answer.head().headers().stream()
                    .filter(h -> !h.is("Transfer-Encoding") && !h.is("Connection"))
                    .forEach(h ->
                            head.append(h.name()).append(": ").append(h.value()).append("\r\n"));
            passage.client().raw((head + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            for (Optional<Frame> frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
                chunk(passage, frame.get().bytes());
            }
            passage.client().raw(("0" + extension + "\r\n" + trailer + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            passage.client().close();
        }

        private void chunk(Passage passage, byte[] bytes) throws IOException {
            ByteArrayOutputStream chunk = new ByteArrayOutputStream();
            chunk.writeBytes((String.format(Locale.ROOT, size, bytes.length) + extension + "\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1));
            chunk.writeBytes(bytes);
            chunk.writeBytes("\r\n".getBytes(StandardCharsets.ISO_8859_1));
            passage.client().raw(chunk.toByteArray());
        }
    }
}
