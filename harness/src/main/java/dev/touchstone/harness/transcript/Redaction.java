package dev.touchstone.harness.transcript;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Takes a target's token out of whatever is written down. The mark that stands in its place is a shell variable, so
 * that a rendered command can be run by whoever has the token.
 */
public record Redaction(Optional<String> token) {

    /** What stands where the token stood. */
    public static final String MARK = "$TOUCHSTONE_TOKEN";

    /** What stands for the value of a header by which a worker hands out credentials. */
    public static final String OTHER = "[redacted]";

    private static final Set<String> SECRET_HEADERS =
            Set.of("authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key");

    public Redaction {
        token = token.filter(t -> !t.isEmpty());
    }

    public static Redaction none() {
        return new Redaction(Optional.empty());
    }

    public String text(String text) {
        return token.map(t -> text.replace(t, MARK)).orElse(text);
    }

    /**
     * Headers of a request as they may be written down. Only the target's token is a secret there: whatever else a
     * scenario sent, such as a wrong token, is needed to send it again.
     */
    public List<Map.Entry<String, String>> sent(List<Map.Entry<String, String>> headers) {
        return headers.stream()
                .map(h -> Map.entry(h.getKey(), text(h.getValue())))
                .toList();
    }

    /** Headers of a response as they may be written down: credentials become {@link #OTHER}. */
    public List<Map.Entry<String, String>> received(List<Map.Entry<String, String>> headers) {
        return headers.stream()
                .map(h -> Map.entry(h.getKey(), isSecret(h.getKey()) ? OTHER : text(h.getValue())))
                .toList();
    }

    /** Bytes as they may be written down. */
    public byte[] bytes(byte[] bytes) {
        return token.map(t -> new RedactedChunks(t, MARK).of(bytes)).orElse(bytes);
    }

    /**
     * An exchange as it may be written down and judged again: the mark stands for the token wherever it stood, and byte
     * offsets behind it move by the difference in length.
     */
    public Exchange exchange(Exchange exchange) {
        RequestRecord request = exchange.request();
        return new Exchange(
                exchange.number(),
                text(exchange.label()),
                new RequestRecord(
                        request.method(),
                        text(request.url()),
                        sent(request.headers()),
                        bytes(request.body()),
                        request.sentAt()),
                exchange.head().map(h -> new ResponseHead(h.protocol(), h.status(), received(h.headers()), h.nanos())),
                token.map(t -> new RedactedChunks(t, MARK).of(exchange.chunks()))
                        .orElse(exchange.chunks()),
                exchange.end() instanceof BodyEnd.Cut cut
                        ? new BodyEnd.Cut(cut.nanos(), text(cut.reason()))
                        : exchange.end());
    }

    private static boolean isSecret(String name) {
        return SECRET_HEADERS.contains(name.toLowerCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return "Redaction[" + (token.isPresent() ? "of a token" : "none") + "]";
    }
}
