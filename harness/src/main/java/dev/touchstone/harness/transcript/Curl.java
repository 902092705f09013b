package dev.touchstone.harness.transcript;

import java.net.URI;
import java.util.Locale;
import java.util.Map;

/**
 * Renders a request as a command that a person can paste into a POSIX shell and that sends the same bytes. The token
 * is read from {@code TOUCHSTONE_TOKEN}.
 */
public final class Curl {

    /** A longer body makes no readable command; the evidence keeps it in a file of its own. */
    public static final int LONGEST_BODY = 16 * 1024;

    private Curl() {}

    /** One command; {@code -N} shows a stream as it comes. A {@link RequestRecord#RAW} request goes through netcat. */
    public static String of(RequestRecord request) {
        if (request.method().equals(RequestRecord.RAW)) {
            return ShellWord.printf(request.body(), Redaction.MARK) + " | " + connection(URI.create(request.url()));
        }
        boolean kept = request.body().length > LONGEST_BODY;
        boolean piped = !kept && !ShownBytes.isPrintable(request.body());
        var command = new StringBuilder(piped ? ShellWord.printf(request.body()) + " | " : "").append("curl -N -i");
        if (!request.method().equals("GET")) {
            command.append(" -X ").append(ShellWord.withToken(request.method()));
        }
        command.append(' ').append(ShellWord.withToken(request.url()));
        request.headers().stream()
                .filter(header -> !implied(header, request))
                .forEach(header -> command.append(header(header)));
        if (hasBody(request)) {
            if (request.headers().stream().noneMatch(h -> is(h, "content-type"))) {
                // Else curl would add a type of its own.
                command.append(" -H 'Content-Type:'");
            }
            command.append(piped ? " --data-binary @-" : kept ? kept(request.body()) : data(request.body()));
        }
        return command.toString();
    }

    private static String kept(byte[] body) {
        return " --data-binary @request.body # the %,d bytes that the evidence keeps as *.request.body"
                .formatted(body.length);
    }

    private static String data(byte[] body) {
        return " --data-raw " + ShellWord.literal(ShownBytes.text(body));
    }

    /** What curl sends by itself, what the connection decides, and the kit's own name. */
    private static boolean implied(Map.Entry<String, String> header, RequestRecord request) {
        String value = header.getValue();
        return switch (header.getKey().toLowerCase(Locale.ROOT)) {
            case "host" -> value.equals(URI.create(request.url()).getRawAuthority());
            case "content-length" -> value.equals(String.valueOf(request.body().length));
            case "connection" -> value.equalsIgnoreCase("keep-alive");
            case "user-agent" -> value.equals("touchstone");
            default -> false;
        };
    }

    private static boolean is(Map.Entry<String, String> header, String name) {
        return header.getKey().equalsIgnoreCase(name);
    }

    private static boolean hasBody(RequestRecord request) {
        return request.body().length > 0 || request.headers().stream().anyMatch(h -> is(h, "content-length"));
    }

    private static String header(Map.Entry<String, String> header) {
        // To curl, a name and a colon alone mean that the header be left out.
        String line = header.getValue().isEmpty() ? header.getKey() + ";" : header.getKey() + ": " + header.getValue();
        return " -H " + ShellWord.withToken(line);
    }

    private static String connection(URI url) {
        boolean tls = url.getScheme().equalsIgnoreCase("https");
        int port = url.getPort() > 0 ? url.getPort() : tls ? 443 : 80;
        return tls
                ? "openssl s_client -quiet -connect " + url.getHost() + ":" + port
                : "nc " + url.getHost().replace("[", "").replace("]", "") + " " + port;
    }
}
