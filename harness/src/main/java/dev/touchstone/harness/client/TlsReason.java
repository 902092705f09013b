package dev.touchstone.harness.client;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Says in a few words why TLS failed. */
final class TlsReason {

    private TlsReason() {}

    static String of(SSLException failure, String message) {
        if (message.toLowerCase(Locale.ROOT).contains("unrecognized ssl message")) {
            return "the worker does not speak TLS on this port, so http may be meant";
        }
        for (Throwable cause : deepestFirst(failure)) {
            String said = String.valueOf(cause.getMessage());
            if (cause instanceof CertificateExpiredException) {
                return "the worker's certificate has expired (" + NetworkReason.printable(said) + ")";
            }
            if (cause instanceof CertificateNotYetValidException) {
                return "the worker's certificate is not valid yet (" + NetworkReason.printable(said) + ")";
            }
            if (cause instanceof CertPathBuilderException) {
                return "no authority that this machine trusts has signed the worker's certificate";
            }
            if (cause instanceof SSLPeerUnverifiedException || said.startsWith("No ") && said.contains("match")) {
                return "the worker's certificate is for another host";
            }
        }
        return "TLS failed: " + message;
    }

    private static Deque<Throwable> deepestFirst(Throwable failure) {
        Deque<Throwable> causes = new ArrayDeque<>();
        for (Throwable at = failure; at != null; at = at.getCause()) {
            causes.push(at);
        }
        return causes;
    }
}
