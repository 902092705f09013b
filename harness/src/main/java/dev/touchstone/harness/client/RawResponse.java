package dev.touchstone.harness.client;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads one HTTP/1.1 response (RFC 9112) from a connection into a recording. Confined to the reading thread. */
final class RawResponse {

    private static final int LONGEST_LINE = 64 * 1024;
    private static final int MOST_HEADERS = 1_000;
    private static final int PIECE = 64 * 1024;

    private final InputStream in;
    private final Recording recording;
    private final SocketReads reads = SocketReads.CURRENT.get();
    private final byte[] piece = new byte[PIECE];
    private List<Map.Entry<String, String>> headers = List.of();

    RawResponse(InputStream in, Recording recording) {
        this.in = in;
        this.recording = recording;
    }

    void record() throws IOException {
        int status = head();
        while (status >= 100 && status < 200) {
            // An interim answer; the final one follows.
            status = head();
        }
        if (body(status)) {
            recording.whole(reads.now());
            recording.cut(Recording.NO_END);
        }
    }

    /** Reads the first head, and everything after it as it comes until the worker closes: further answers, too. */
    void recordEverything() throws IOException {
        int status = head();
        while (status >= 100 && status < 200) {
            status = head();
        }
        if (toTheEnd()) {
            recording.whole(reads.now());
            recording.cut("the exchange ended without an end of its body");
        }
    }

    private int head() throws IOException {
        String[] parts = line().split(" ", 3);
        if (parts.length < 2 || !parts[0].startsWith("HTTP/") || !parts[1].matches("[1-9][0-9]{2}")) {
            throw new ProtocolException("the answer has no status line");
        }
        headers = headerLines();
        int status = Integer.parseInt(parts[1]);
        recording.head(parts[0].toLowerCase(Locale.ROOT), status, headers, reads.at());
        return status;
    }

    private List<Map.Entry<String, String>> headerLines() throws IOException {
        List<Map.Entry<String, String>> lines = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon < 1 || lines.size() == MOST_HEADERS) {
                throw new ProtocolException("the answer has a malformed header section");
            }
            lines.add(Map.entry(
                    line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        return lines;
    }

    /** Returns whether the body came to its end, which it does not where the recording wants no more. */
    private boolean body(int status) throws IOException {
        if (status == 204 || status == 304) {
            return true;
        }
        if (header("Transfer-Encoding").filter("chunked"::equalsIgnoreCase).isPresent()) {
            return chunked();
        }
        Optional<String> length = header("Content-Length");
        return length.isPresent() ? exactly(number(length.get(), 10)) : toTheEnd();
    }

    private Optional<String> header(String name) {
        return headers.stream()
                .filter(h -> h.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private boolean chunked() throws IOException {
        while (true) {
            long size = number(line().split(";", 2)[0].strip(), 16);
            if (size == 0) {
                headerLines();
                return true;
            }
            if (!exactly(size)) {
                return false;
            }
            if (!line().isEmpty()) {
                throw new ProtocolException("a chunk of the body is longer than it says");
            }
        }
    }

    private static long number(String digits, int radix) throws ProtocolException {
        if (!digits.matches(radix == 16 ? "[0-9a-fA-F]{1,15}" : "[0-9]{1,18}")) {
            throw new ProtocolException("the length of the body is not a number: '" + digits + "'");
        }
        return radix == 16 ? HexFormat.fromHexDigitsToLong(digits) : Long.parseLong(digits);
    }

    private boolean exactly(long length) throws IOException {
        long left = length;
        while (left > 0) {
            int read = in.read(piece, 0, (int) Math.min(PIECE, left));
            if (read < 0) {
                throw new EOFException();
            }
            left -= read;
            if (!recording.body(Arrays.copyOf(piece, read), reads)) {
                return false;
            }
        }
        return true;
    }

    private boolean toTheEnd() throws IOException {
        for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
            if (!recording.body(Arrays.copyOf(piece, read), reads)) {
                return false;
            }
        }
        return true;
    }

    /** A line without its end, as Latin-1. */
    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException();
            }
            if (line.size() == LONGEST_LINE) {
                throw new ProtocolException("the answer has a line of more than " + LONGEST_LINE + " bytes");
            }
            line.write(next);
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
}
