package dev.touchstone.features.teeth.wire;

import java.io.ByteArrayOutputStream;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds in the worker's bytes the head of an answer, past interim ones, and where its body ends. Not thread-safe. */
final class AnswerParser {

    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[0-9] ([0-9]{3})(?: (.*))?");
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");
    private static final int SWITCHING = 101;

    private final boolean forHead;
    private final ByteArrayOutputStream headBytes = new ByteArrayOutputStream();
    private Optional<AnswerHead> head = Optional.empty();
    private Optional<BodyFraming> framing = Optional.empty();

    /** @param method of the request: an answer to HEAD has no body, whatever its head says */
    AnswerParser(String method) {
        forHead = method.equals("HEAD");
    }

    /**
     * Reads bytes as they came and writes what they say of the body.
     *
     * @return how many of them belong to this answer
     */
    int consume(byte[] bytes, ByteArrayOutputStream decoded) {
        int at = 0;
        while (at < bytes.length && !isDone()) {
            at = framing.isPresent() ? framing.get().consume(bytes, at, decoded) : consumeHead(bytes, at);
        }
        return at;
    }

    private int consumeHead(byte[] bytes, int from) {
        int at = from;
        while (at < bytes.length) {
            headBytes.write(bytes[at++]);
            if (bytes[at - 1] == '\n') {
                byte[] soFar = headBytes.toByteArray();
                if (Head.end(soFar, soFar.length) > 0 || soFar.length > Head.MOST_BYTES) {
                    headBytes.reset();
                    finishHead(Head.parse(soFar));
                    return at;
                }
            }
        }
        return at;
    }

    private void finishHead(Head raw) {
        Matcher line = STATUS_LINE.matcher(raw.firstLine());
        if (!line.matches()) {
            framing = Optional.of(BodyFraming.untilClose());
            return;
        }
        int status = Integer.parseInt(line.group(1));
        if (status / 100 == 1 && status != SWITCHING) {
            return;
        }
        head = Optional.of(
                new AnswerHead(status, Optional.ofNullable(line.group(2)).orElse(""), raw.headers()));
        framing = Optional.of(framing(status, raw));
    }

    /** RFC 9112, section 6.3. */
    private BodyFraming framing(int status, Head raw) {
        if (forHead || status == 204 || status == 304) {
            return BodyFraming.ofLength(0);
        }
        Optional<String> coding = raw.value("Transfer-Encoding");
        if (coding.isPresent()) {
            return coding.get().equalsIgnoreCase("chunked") ? new ChunkedFraming() : BodyFraming.untilClose();
        }
        return raw.value("Content-Length")
                .filter(text -> status != SWITCHING && LENGTH.matcher(text).matches())
                .map(text -> BodyFraming.ofLength(Long.parseLong(text)))
                .orElseGet(BodyFraming::untilClose);
    }

    /** The final answer's head, once it is there. */
    Optional<AnswerHead> head() {
        return head;
    }

    /** Whether a head is over, and it or the body is not HTTP. */
    boolean isMalformed() {
        return framing.map(f -> f.isMalformed() || head.isEmpty()).orElse(false);
    }

    boolean isDone() {
        return framing.map(BodyFraming::isDone).orElse(false);
    }

    /** Whether the end of the connection is the end of this answer. */
    boolean endsWithConnection() {
        return framing.map(BodyFraming::endsWithConnection).orElse(false);
    }
}
