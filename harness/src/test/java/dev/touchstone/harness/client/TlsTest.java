package dev.touchstone.harness.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.Transcript;
import java.io.IOException;
import java.security.KeyStore;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** HTTPS by both clients: what they read, and the one sentence for each way in which TLS fails. */
final class TlsTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    private static final HeldCertificate AUTHORITY =
            new HeldCertificate.Builder().certificateAuthority(0).build();

    /** The two ways in which the kit sends a request. */
    enum Sender {
        CLIENT {
            @Override
            Exchange send(Target target, Trust trust, Transcript transcript) throws InterruptedException {
                try (var client = new OkHttpWorkerClient(
                        target,
                        transcript,
                        Clock.systemUTC(),
                        System::nanoTime,
                        Connections.FRESH,
                        OkHttpWorkerClient.DEFAULT_BODY_LIMIT,
                        trust)) {
                    return client.send(Call.get("tls", "/health"), LIMIT);
                }
            }
        },
        RAW {
            @Override
            Exchange send(Target target, Trust trust, Transcript transcript) throws InterruptedException {
                var raw = new RawCall(target, transcript, Clock.systemUTC(), System::nanoTime, trust);
                byte[] request = raw.bytes("GET", "/health", List.of(), new byte[0]);
                return raw.send("tls", request, RawCall.After.SEND_NO_MORE, LIMIT);
            }
        };

        abstract Exchange send(Target target, Trust trust, Transcript transcript) throws InterruptedException;
    }

    private static Trust trust;

    @BeforeAll
    static void trustTheAuthority() throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("authority", AUTHORITY.certificate());
        trust = Trust.in(store);
    }

    private static HostileServer server(HeldCertificate.Builder certificate) throws IOException {
        HeldCertificate held = certificate.build();
        var certificates =
                new HandshakeCertificates.Builder().heldCertificate(held).build();
        return HostileServer.tls(certificates.sslContext().getServerSocketFactory(), HostileServer.answers(ANSWER));
    }

    private static HeldCertificate.Builder signed(String host) {
        return new HeldCertificate.Builder().signedBy(AUTHORITY).addSubjectAlternativeName(host);
    }

    private static String reason(Sender sender, String url, Trust trusted) throws InterruptedException {
        Exchange exchange = sender.send(Target.at(url), trusted, new Transcript());
        return exchange.end() instanceof BodyEnd.Cut cut ? cut.reason() : "not cut: " + exchange.end();
    }

    @ParameterizedTest
    @EnumSource
    void readsAnAnswer(Sender sender) throws Exception {
        try (var server = server(signed("localhost"))) {
            Exchange exchange = sender.send(Target.at(server.url()), trust, new Transcript());
            assertThat(exchange.end()).isInstanceOf(BodyEnd.Complete.class);
            assertThat(exchange.bodyText()).isEqualTo("hi");
            assertThat(exchange.chunks()).allMatch(chunk -> chunk.read() > 0 && chunk.nanos() > 0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void saysThatNobodyTrustedSignedTheCertificate(Sender sender) throws Exception {
        try (var server = server(new HeldCertificate.Builder().addSubjectAlternativeName("localhost"))) {
            assertThat(reason(sender, server.url(), trust))
                    .isEqualTo("no authority that this machine trusts has signed the worker's certificate");
            assertThat(reason(sender, server.url(), Trust.ofTheSystem()))
                    .isEqualTo("no authority that this machine trusts has signed the worker's certificate");
        }
    }

    @ParameterizedTest
    @EnumSource
    void saysThatTheCertificateHasExpired(Sender sender) throws Exception {
        try (var server = server(signed("localhost").validityInterval(1_000, 2_000))) {
            assertThat(reason(sender, server.url(), trust)).startsWith("the worker's certificate has expired");
        }
    }

    @ParameterizedTest
    @EnumSource
    void saysThatTheCertificateIsNotValidYet(Sender sender) throws Exception {
        long later = System.currentTimeMillis() + Duration.ofDays(1).toMillis();
        try (var server = server(signed("localhost").validityInterval(later, later + 1_000))) {
            assertThat(reason(sender, server.url(), trust)).startsWith("the worker's certificate is not valid yet");
        }
    }

    @ParameterizedTest
    @EnumSource
    void saysThatTheCertificateIsForAnotherHost(Sender sender) throws Exception {
        try (var server = server(signed("elsewhere.example"))) {
            assertThat(reason(sender, server.url(), trust)).isEqualTo("the worker's certificate is for another host");
        }
    }

    @ParameterizedTest
    @EnumSource
    void saysThatHttpWasMeant(Sender sender) throws Exception {
        try (var server = HostileServer.plain((connection, over) -> {
            HostileServer.send(connection, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
            HostileServer.linger(connection);
        })) {
            assertThat(reason(sender, server.urlWithScheme("https"), trust))
                    .isEqualTo("the worker does not speak TLS on this port, so http may be meant");
        }
    }

    @ParameterizedTest
    @EnumSource
    void saysThatHttpsWasMeant(Sender sender) throws Exception {
        try (var server = server(signed("localhost"))) {
            assertThat(reason(sender, server.urlWithScheme("http"), trust))
                    .isEqualTo("the worker speaks TLS on this port, so https may be meant");
        }
    }

    @ParameterizedTest
    @EnumSource
    void givesUpOnAHandshakeThatIsNeverAnswered(Sender sender) throws Exception {
        try (var server = HostileServer.plain((connection, over) -> over.await())) {
            Target target = Target.at(server.urlWithScheme("https"));
            var limits = target.budgets().withAll(List.of("connect=200ms", "idle=200ms"));
            Exchange exchange = sender.send(target.withBudgets(limits), trust, new Transcript());
            assertThat(exchange.end()).isInstanceOfAny(BodyEnd.Cut.class, BodyEnd.TimedOut.class);
        }
    }

    @Test
    void countsTheTimeOfARawCallFromWhenHandsWereShaken() throws Exception {
        var certificates = new HandshakeCertificates.Builder()
                .heldCertificate(signed("localhost").build())
                .build();
        var now = new AtomicLong();
        try (var server = HostileServer.tls(certificates.sslContext().getServerSocketFactory(), (connection, over) -> {
            now.set(1_000_000);
            HostileServer.answers(ANSWER).treat(connection, over);
        })) {
            var raw = new RawCall(Target.at(server.url()), new Transcript(), Clock.systemUTC(), now::get, trust);
            byte[] request = raw.bytes("GET", "/health", List.of(), new byte[0]);
            Exchange exchange = raw.send("tls", request, RawCall.After.WAIT, LIMIT);
            assertThat(exchange.bodyText()).isEqualTo("hi");
            assertThat(exchange.end().nanos()).isZero();
        }
    }
}
