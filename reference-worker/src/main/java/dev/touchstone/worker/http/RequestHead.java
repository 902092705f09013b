package dev.touchstone.worker.http;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The lines of one request head, judged as RFC 9112 has them: sections 3 (request line, Host), 5 (fields), 6 (what tells
 * the length of the body). Where the RFC lets a recipient choose between repair and refusal, this refuses. Not
 * thread-safe.
 */
final class RequestHead {
    static final int MAX_LINE = 8 * 1024;
    /** A head is handed on whole, so it must fit the smallest buffer that Undertow reads heads with. */
    static final int MAX_BYTES = 12 * 1024;

    private static final int MAX_FIELDS = 100;
    private static final int MAX_HOST = 300;
    /** Lengths from here on are all the same to the worker: too long. */
    private static final long ENDLESS = 1L << 50;

    private static final String TCHAR = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    private static final Pattern REQUEST_LINE = Pattern.compile("(" + TCHAR + ") ([!-~]+) HTTP/1\\.([01])");
    /** The four forms of RFC 9112, section 3.2, of the characters of RFC 3986. */
    private static final Pattern TARGET =
            Pattern.compile("(?:/|[Hh][Tt][Tt][Pp][Ss]?://[A-Za-z0-9])[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*+|\\*");

    private static final Pattern AUTHORITY = Pattern.compile("[A-Za-z0-9._-]++:[0-9]{1,5}");
    private static final Pattern NAME = Pattern.compile(TCHAR);
    private static final Pattern HOST = Pattern.compile(
            "(?:(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*|\\[[0-9A-Fa-f:.]{2,45}])(?::[0-9]{1,5})?");
    private static final Pattern BROKEN_ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");
    private static final Pattern DIGITS = Pattern.compile("[0-9]+");

    private boolean begun;
    private boolean http11;
    private int bytes;
    private int fields;
    private int hosts;
    private int lengths;
    private boolean chunked;
    private long length;

    /** Takes the next line and returns whether it was the empty one that ends the head. */
    boolean accept(String line) throws RefusedRequest {
        bytes += line.length() + 2;
        if (bytes > MAX_BYTES) {
            throw refuse("must be at most " + MAX_BYTES + " bytes");
        }
        if (!begun) {
            begin(line);
        } else if (line.isEmpty()) {
            end();
            return true;
        } else {
            field(line);
        }
        return false;
    }

    boolean chunked() {
        return chunked;
    }

    /** Bytes of the body, when it is not chunked. */
    long length() {
        return length;
    }

    /** A field line: its name in lower case, its value without the white space around it. */
    record Field(String name, String value) {
        /** @param owner "head" or "body": what a message names */
        static Field of(String owner, String line) throws RefusedRequest {
            if (line.startsWith(" ") || line.startsWith("\t")) {
                throw RefusedRequest.invalid(owner, owner + " must hold no folded field lines.");
            }
            int colon = line.indexOf(':');
            if (colon < 1 || !NAME.matcher(line.substring(0, colon)).matches()) {
                throw RefusedRequest.invalid(
                        owner, owner + " must hold field lines of a name, a colon right behind it, and a value.");
            }
            // Of what counts as white space to strip(), only space and tab can be in a line.
            return new Field(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
    }

    private void begin(String line) throws RefusedRequest {
        var matcher = REQUEST_LINE.matcher(line);
        if (!matcher.matches()) {
            throw refuse("must begin with a method, a target and HTTP/1.1 or HTTP/1.0, one space between them");
        }
        String target = String.valueOf(matcher.group(2));
        Pattern form = "CONNECT".equals(matcher.group(1)) ? AUTHORITY : TARGET;
        if (!form.matcher(target).matches() || BROKEN_ESCAPE.matcher(target).find()) {
            throw refuse("must have a valid target, such as /health");
        }
        begun = true;
        http11 = "1".equals(matcher.group(3));
    }

    private void field(String line) throws RefusedRequest {
        if (++fields > MAX_FIELDS) {
            throw refuse("must hold at most " + MAX_FIELDS + " field lines");
        }
        Field field = Field.of("head", line);
        switch (field.name()) {
            case "host" -> {
                hosts++;
                if (field.value().length() > MAX_HOST
                        || !HOST.matcher(field.value()).matches()) {
                    throw refuse("must name a valid Host");
                }
            }
            case "content-length" -> contentLength(field.value());
            case "transfer-encoding" -> {
                if (chunked || !field.value().equalsIgnoreCase("chunked")) {
                    throw refuse("must have no Transfer-Encoding but one of chunked");
                }
                chunked = true;
            }
            default -> {}
        }
    }

    private void contentLength(String value) throws RefusedRequest {
        lengths++;
        if (lengths > 1 || !DIGITS.matcher(value).matches()) {
            throw refuse("must have one Content-Length at most, of decimal digits alone");
        }
        for (int i = 0; i < value.length(); i++) {
            length = Math.min(ENDLESS, length * 10 + (value.charAt(i) - '0'));
        }
        if (length == ENDLESS) {
            throw WorkerServer.tooLarge();
        }
    }

    private void end() throws RefusedRequest {
        if (chunked && lengths > 0) {
            throw refuse("must not have both Content-Length and Transfer-Encoding");
        }
        if (chunked && !http11) {
            throw refuse("must not have Transfer-Encoding in HTTP/1.0");
        }
        if (hosts > 1 || (http11 && hosts == 0)) {
            throw refuse("must name one Host");
        }
    }

    private static RefusedRequest refuse(String rule) {
        return RefusedRequest.invalid("head", "head " + rule + ".");
    }
}
