package dev.touchstone.harness.target;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/** Reads a worker's base URL as a person types it. */
public final class TargetUrl {

    private static final String ACCEPTED =
            "; accepted is http://HOST:PORT or https://HOST:PORT, with a path if need be.";

    private TargetUrl() {}

    /**
     * Parses a base URL; a trailing slash is dropped, a missing scheme is read as {@code http}.
     *
     * @throws InvalidSetting where it is none, in one sentence
     */
    public static URI parse(String text) {
        String trimmed = text.strip();
        if (trimmed.isEmpty()) {
            throw new InvalidSetting("The worker's URL is empty" + ACCEPTED);
        }
        String absolute = trimmed.contains("://") ? trimmed : "http://" + trimmed;
        URI uri = read(absolute, trimmed);
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw refused(trimmed, "has the scheme " + scheme);
        }
        if (uri.getHost() == null) {
            throw refused(trimmed, "names no host");
        }
        if (uri.getPort() == 0 || uri.getPort() > 65_535) {
            throw refused(trimmed, "has the port " + uri.getPort());
        }
        if (uri.getRawUserInfo() != null) {
            throw new InvalidSetting("The worker's URL carries a user name or password; pass a token as a token.");
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw refused(trimmed, "has a query or a fragment");
        }
        return URI.create(withoutTrailingSlash(absolute));
    }

    private static URI read(String absolute, String shown) {
        try {
            return new URI(absolute);
        } catch (URISyntaxException e) {
            throw refused(shown, "is not a URL (" + e.getReason().toLowerCase(Locale.ROOT) + ")");
        }
    }

    private static InvalidSetting refused(String shown, String what) {
        return new InvalidSetting("The worker's URL '" + shown + "' " + what + ACCEPTED);
    }

    private static String withoutTrailingSlash(String url) {
        int end = url.length();
        while (end > 0 && url.charAt(end - 1) == '/') {
            end--;
        }
        return url.substring(0, end);
    }
}
