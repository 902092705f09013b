package dev.touchstone.harness.client;

import dev.touchstone.harness.transcript.BodyEnd;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Locale;
import javax.net.ssl.SSLException;

/** Says in a few words, on one line, why a connection failed. */
final class NetworkReason {

    private static final String STATUS_LINE = "Unexpected status line: ";
    private static final int LONGEST = 160;

    private NetworkReason() {}

    static String of(IOException failure, boolean headSeen) {
        boolean alert =
                SocketReads.CURRENT.isBound() && SocketReads.CURRENT.get().beganWithTlsAlert();
        return !headSeen && alert && !(failure instanceof SSLException)
                ? "the worker speaks TLS on this port, so https may be meant"
                : reason(failure, headSeen);
    }

    private static String reason(IOException failure, boolean headSeen) {
        String message = printable(String.valueOf(failure.getMessage()));
        String lower = message.toLowerCase(Locale.ROOT);
        return switch (failure) {
            case UnknownHostException _ -> "the host name is unknown";
            case NoRouteToHostException _ -> "there is no route to the host";
            case ConnectException _ ->
                isRefusal(failure) ? BodyEnd.Cut.REFUSED : "the connection could not be made: " + message;
            case SocketTimeoutException timeout when isConnecting(timeout) -> BodyEnd.Cut.NO_CONNECTION;
            case SSLException tls -> TlsReason.of(tls, message);
            case EOFException _ -> closed(headSeen);
            default -> {
                if (lower.contains("unexpected end of stream")) {
                    yield closed(headSeen);
                }
                if (message.startsWith(STATUS_LINE)) {
                    yield "the answer has no HTTP status line, but '" + message.substring(STATUS_LINE.length()) + "'";
                }
                if (lower.startsWith("expected leading") || lower.startsWith("expected chunk size")) {
                    yield "a chunk of the body has no size that is a number";
                }
                yield lower.contains("reset") || lower.contains("broken pipe")
                        ? "the worker reset the connection"
                        : message;
            }
        };
    }

    /** Whether the time ran out before there was a connection. */
    static boolean isConnecting(SocketTimeoutException timeout) {
        return String.valueOf(timeout.getMessage()).toLowerCase(Locale.ROOT).contains("connect");
    }

    /** The first line, of bounded length and without what a terminal would obey. */
    static String printable(String message) {
        String line = message.lines().findFirst().orElse("");
        String plain = line.codePoints()
                .limit(LONGEST)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? '.' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return plain.length() < line.length() ? plain + "…" : plain;
    }

    private static boolean isRefusal(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (String.valueOf(at.getMessage()).toLowerCase(Locale.ROOT).contains("refused")) {
                return true;
            }
        }
        return false;
    }

    private static String closed(boolean headSeen) {
        if (headSeen) {
            return "the connection was closed before the body was complete";
        }
        // OkHttp says that the stream ended where a head is too long for it, too.
        boolean tooLong = SocketReads.CURRENT.isBound()
                && SocketReads.CURRENT.get().number() > 0
                && !SocketReads.CURRENT.get().ended();
        return tooLong
                ? "the head of the answer is longer than 256 KiB"
                : "the connection was closed before a response came";
    }
}
