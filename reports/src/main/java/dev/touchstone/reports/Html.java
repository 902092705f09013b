package dev.touchstone.reports;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Words of strangers made safe for HTML: whatever a worker sent stays text, and what cannot be seen is shown. */
final class Html {
    /** More than this of a worker's words belongs into the evidence. */
    static final int LONGEST = 400;

    private static final int LEAD = 120;
    private static final Pattern URL = Pattern.compile("https?://[^\\s<>\"]*[^\\s<>\".,;:)\\]]");
    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
    private static final Pattern ISSUE =
            Pattern.compile("https?://(?:www\\.)?github\\.com/([^/]+/[^/]+)/(?:issues|pull)/(\\d+).*");

    private Html() {}

    /** For an element's content and for a quoted attribute alike. */
    static String text(String raw) {
        return visible(raw)
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /**
     * Names, as ‹U+0007›, the characters that would hide or would turn the direction of what follows; line feeds and tabs
     * stay, and lone surrogates show as U+FFFD.
     */
    static String visible(String raw) {
        StringBuilder out = new StringBuilder(raw.length());
        raw.codePoints().forEach(c -> {
            if (c == '\n' || c == '\t') {
                out.append((char) c);
            } else if (c >= 0xD800 && c <= 0xDFFF || (c & 0xFFFE) == 0xFFFE) {
                out.append('\ufffd');
            } else if (hides(c)) {
                out.append("‹U+%04X›".formatted(c));
            } else {
                out.appendCodePoint(c);
            }
        });
        return out.toString();
    }

    private static boolean hides(int c) {
        return c < 0x20
                || c >= 0x7F && c < 0xA0
                || c >= 0x202A && c <= 0x202E
                || c >= 0x2066 && c <= 0x2069
                || c == 0x2028
                || c == 0x2029
                || c == 0x200B
                || c == 0x200E
                || c == 0x200F
                || c == 0xFEFF;
    }

    /** A worker's words, cut where they are long, with each place where {@code fragment} stands marked. */
    static String words(String raw, String fragment) {
        Pattern wanted = Pattern.compile(Pattern.quote(fragment), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
        String shown = excerpt(raw, fragment.isEmpty() ? 0 : firstMatch(wanted, raw));
        if (fragment.isEmpty()) {
            return text(shown);
        }
        StringBuilder out = new StringBuilder();
        Matcher match = wanted.matcher(shown);
        int done = 0;
        while (match.find()) {
            out.append(text(shown.substring(done, match.start())));
            out.append("<mark>").append(text(match.group())).append("</mark>");
            done = match.end();
        }
        return out.append(text(shown.substring(done))).toString();
    }

    private static int firstMatch(Pattern wanted, String raw) {
        Matcher match = wanted.matcher(raw);
        return match.find() ? match.start() : 0;
    }

    private static String excerpt(String raw, int around) {
        if (raw.length() <= LONGEST) {
            return raw;
        }
        int start = whole(raw, Math.clamp((long) around - LEAD, 0, raw.length() - LONGEST));
        int end = whole(raw, start + LONGEST);
        return (start > 0 ? "…" : "") + raw.substring(start, end) + (end < raw.length() ? "…" : "");
    }

    /** Does not cut a surrogate pair in two. */
    private static int whole(String raw, int at) {
        boolean inside = at > 0
                && at < raw.length()
                && Character.isHighSurrogate(raw.charAt(at - 1))
                && Character.isLowSurrogate(raw.charAt(at));
        return inside ? at - 1 : at;
    }

    /** Text in which backticks enclose code. */
    static String prose(String raw) {
        return CODE.matcher(text(raw)).replaceAll("<code>$1</code>");
    }

    /** A link to a published page, or the text alone where it is no http or https address. */
    static String link(String url) {
        return link(url, brief(url));
    }

    static String link(String url, String label) {
        return isWeb(url)
                ? "<a href=\"%s\" rel=\"noopener noreferrer\">%s</a>".formatted(text(url), text(label))
                : text(label);
    }

    /** Text with the addresses in it made links. */
    static String linked(String raw) {
        StringBuilder out = new StringBuilder();
        Matcher match = URL.matcher(raw);
        int done = 0;
        while (match.find()) {
            out.append(text(raw.substring(done, match.start()))).append(link(match.group()));
            done = match.end();
        }
        return out.append(text(raw.substring(done))).toString();
    }

    private static boolean isWeb(String url) {
        try {
            URI uri = new URI(url);
            String scheme = Optional.ofNullable(uri.getScheme()).orElse("").toLowerCase(Locale.ROOT);
            return (scheme.equals("https") || scheme.equals("http")) && uri.getHost() != null;
        } catch (URISyntaxException e) {
            return false; // it is shown as it is, which is all that can be done with it
        }
    }

    /** "ggml-org/llama.cpp#4902" for an issue of GitHub, else the address without its scheme. */
    private static String brief(String url) {
        Matcher issue = ISSUE.matcher(url);
        return issue.matches() ? issue.group(1) + "#" + issue.group(2) : url.replaceFirst("^https?://", "");
    }

    /** A link to a file beside the page, or its name alone where the path would lead out of the directory. */
    static String file(String path) {
        String label = path.substring(path.lastIndexOf('/') + 1);
        boolean inside = !path.isEmpty()
                && !path.contains("\\")
                && Arrays.stream(path.split("/", -1)).noneMatch(s -> s.isEmpty() || s.equals(".") || s.equals(".."));
        if (!inside) {
            return text(path);
        }
        String href = Arrays.stream(path.split("/", -1))
                .map(s -> URLEncoder.encode(s, StandardCharsets.UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("/"));
        return "<a href=\"%s\">%s</a>".formatted(text(href), text(label));
    }

    /** A name that is safe as an element's id and after {@code #}. */
    static String anchor(String kind, String id) {
        return kind + "-" + id.replaceAll("[^A-Za-z0-9_-]", "_");
    }
}
