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

    /** What stands for another secret header's value. */
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

    /** A header as it may be written down: the token becomes {@link #MARK}, other credentials {@link #OTHER}. */
    public Map.Entry<String, String> header(String name, String value) {
        String masked = text(value);
        boolean secret = SECRET_HEADERS.contains(name.toLowerCase(Locale.ROOT));
        return Map.entry(name, secret && masked.equals(value) ? OTHER : masked);
    }

    public List<Map.Entry<String, String>> headers(List<Map.Entry<String, String>> headers) {
        return headers.stream().map(h -> header(h.getKey(), h.getValue())).toList();
    }

    @Override
    public String toString() {
        return "Redaction[" + (token.isPresent() ? "of a token" : "none") + "]";
    }
}
