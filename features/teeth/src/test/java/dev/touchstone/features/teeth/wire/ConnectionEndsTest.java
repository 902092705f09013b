package dev.touchstone.features.teeth.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.features.teeth.wire.ProxyFixture.Ends;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A FIN is passed as a FIN and a RST as a RST, whenever it comes. */
class ConnectionEndsTest {

    private static final String GET = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String ODD = "GET /health HTTP/1.0\r\n\r\n";
    private static final String BEGUN = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc";

    @ParameterizedTest
    @ValueSource(strings = {GET, ODD})
    void passesAHalfCloseDuringAnAnswer(String request) throws Exception {
        try (var fixture = new ProxyFixture(TrafficChange.NONE)) {
            Ends ends = fixture.connect();
            ends.client().write(request);
            ends.client().fin();
            assertThat(ends.worker().readToEnd()).isEqualTo(request);
            ends.worker().write(BEGUN + "defghi");
            ends.worker().close();
            assertThat(ends.client().readToEnd()).isEqualTo(BEGUN + "defghi");
        }
    }

    @Test
    void passesAFinOfAnIdleClient() throws Exception {
        try (var fixture = new ProxyFixture(TrafficChange.NONE)) {
            Ends ends = fixture.connect();
            ends.client().close();
            assertThat(ends.worker().readToEnd()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", GET, ODD, "POST / HTT"})
    void passesAClientsReset(String sent) throws Exception {
        try (var fixture = new ProxyFixture(TrafficChange.NONE)) {
            Ends ends = fixture.connect();
            ends.asked(sent);
            ends.client().reset();
            assertThat(ends.worker().endsByReset()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", GET, ODD})
    void passesAWorkersReset(String sent) throws Exception {
        try (var fixture = new ProxyFixture(TrafficChange.NONE)) {
            Ends ends = fixture.connect();
            ends.asked(sent);
            ends.worker().reset();
            assertThat(ends.client().endsByReset()).isTrue();
        }
    }

    @Test
    void passesWhatCameBeforeAWorkersReset() throws Exception {
        try (var fixture = new ProxyFixture(TrafficChange.NONE)) {
            Ends ends = fixture.connect();
            ends.asked(GET);
            assertThat(ends.answered(BEGUN)).isEqualTo(BEGUN);
            ends.worker().reset();
            assertThat(ends.client().endsByReset()).isTrue();
        }
    }

    @Test
    void passesAWorkersFinBetweenRequests() throws Exception {
        try (var fixture = new ProxyFixture(TrafficChange.NONE)) {
            Ends ends = fixture.connect();
            ends.worker().close();
            assertThat(ends.client().readToEnd()).isEmpty();
        }
    }

    @Test
    void resetsAClientWhoseWorkerRefuses() throws Exception {
        int free;
        try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            free = socket.getLocalPort();
        }
        try (ChangingProxy proxy = ChangingProxy.start(free, 0, TrafficChange.NONE);
                Wire client = Wire.to(proxy)) {
            assertThat(client.endsByReset()).isTrue();
        } catch (SocketException e) {
            // The RST came before the client had set its options.
            assertThat(e).isNotInstanceOf(ConnectException.class);
        }
    }

    @Test
    void readsAClientThatGoesAwayByItsResetWhileAChangeAsks() throws Exception {
        try (var fixture = new ProxyFixture(passage -> passage.ask().allOfBody())) {
            Ends ends = fixture.connect();
            ends.asked(GET);
            ends.worker().write(BEGUN);
            ends.client().reset();
            assertThat(ends.worker().endsByReset()).isTrue();
        }
    }

    @Test
    void passesAWorkersResetWhileAChangeAsks() throws Exception {
        try (var fixture = new ProxyFixture(passage -> passage.ask().allOfBody())) {
            Ends ends = fixture.connect();
            ends.asked(GET);
            ends.worker().write(BEGUN);
            ends.worker().reset();
            assertThat(ends.client().endsByReset()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void endsAPauseWhenTheClientGoesAway(boolean byReset) throws Exception {
        var pausing = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        TrafficChange patient = passage -> {
            pausing.countDown();
            try {
                passage.pause(Duration.ofHours(1));
            } catch (IOException e) {
                ended.countDown();
                throw e;
            }
        };
        try (var fixture = new ProxyFixture(patient)) {
            Ends ends = fixture.connect();
            ends.client().write(GET);
            assertThat(pausing.await(10, TimeUnit.SECONDS)).isTrue();
            if (byReset) {
                ends.client().reset();
            } else {
                ends.client().close();
            }
            assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(ends.worker().endsByReset()).isEqualTo(byReset);
        }
    }

    @Test
    void closesAllConnectionsAndLeavesNoThread() throws Exception {
        var paused = new CountDownLatch(1);
        TrafficChange some = passage -> {
            if (passage.request().is("POST", "/pause")) {
                paused.countDown();
                passage.pause(Duration.ofHours(1));
            }
            passage.relay();
        };
        try (var fixture = new ProxyFixture(some)) {
            Ends idle = fixture.connect();
            Ends tunnelled = fixture.connect();
            tunnelled.asked(ODD);
            Ends answering = fixture.connect();
            answering.asked(GET);
            answering.answered(BEGUN);
            Ends pausing = fixture.connect();
            pausing.client().write("POST /pause HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(paused.await(10, TimeUnit.SECONDS)).isTrue();

            fixture.proxy().close();

            assertThat(fixture.proxy().isOver()).isTrue();
            for (Ends ends : new Ends[] {idle, tunnelled, answering, pausing}) {
                ends.client().endsByReset();
                ends.worker().endsByReset();
            }
            assertThatThrownBy(() -> Wire.to(fixture.proxy())).isInstanceOf(ConnectException.class);
            assertThat(fixture.proxy().failure()).isEmpty();
        }
    }
}
