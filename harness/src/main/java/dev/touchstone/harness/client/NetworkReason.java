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

/** Says in a few words why a connection failed. */
final class NetworkReason {

    private NetworkReason() {}

    static String of(IOException failure, boolean headSeen) {
        String message =
                String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
        String lower = message.toLowerCase(Locale.ROOT);
        return switch (failure) {
            case UnknownHostException _ -> "the host name is unknown";
            case NoRouteToHostException _ -> "there is no route to the host";
            case ConnectException _ ->
                isRefusal(failure) ? BodyEnd.Cut.REFUSED : "the connection could not be made: " + message;
            case SocketTimeoutException timeout when isConnecting(timeout) -> BodyEnd.Cut.NO_CONNECTION;
            case SSLException _ -> "TLS failed: " + message;
            case EOFException _ -> closed(headSeen);
            default -> {
                if (lower.contains("unexpected end of stream")) {
                    yield closed(headSeen);
                }
                yield lower.contains("reset") ? "the worker reset the connection" : message;
            }
        };
    }

    /** Whether the time ran out before there was a connection. */
    static boolean isConnecting(SocketTimeoutException timeout) {
        return String.valueOf(timeout.getMessage()).toLowerCase(Locale.ROOT).contains("connect");
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
        return headSeen
                ? "the connection was closed before the body was complete"
                : "the connection was closed before a response came";
    }
}
