package dev.touchstone.harness.client;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Which certificates a client believes, the same for all that it sends.
 *
 * @param sockets lays TLS over a connection
 */
record Trust(SSLSocketFactory sockets, X509TrustManager manager) {

    /** What the Java runtime believes; {@code javax.net.ssl.trustStore} names others. */
    static Trust ofTheSystem() {
        return of(Optional.empty());
    }

    static Trust in(KeyStore authorities) {
        return of(Optional.of(authorities));
    }

    private static Trust of(Optional<KeyStore> authorities) {
        try {
            var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(authorities.orElse(null));
            X509TrustManager manager = Arrays.stream(factory.getTrustManagers())
                    .filter(X509TrustManager.class::isInstance)
                    .map(X509TrustManager.class::cast)
                    .findFirst()
                    .orElseThrow();
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {manager}, null);
            return new Trust(context.getSocketFactory(), manager);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java runtime has no TLS: " + e.getMessage(), e);
        }
    }
}
