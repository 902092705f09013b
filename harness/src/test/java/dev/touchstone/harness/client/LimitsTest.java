package dev.touchstone.harness.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.target.Budgets;
import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.Transcript;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

final class LimitsTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String OPEN = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n";
    private static final String WHOLE = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";

    private final Transcript transcript = new Transcript();

    private OkHttpWorkerClient client(ScriptedWorker worker, Connections connections, long bodyLimit, String budget) {
        Target target = Target.at(worker.url()).withBudgets(Budgets.defaults().with(budget));
        return new OkHttpWorkerClient(target, transcript, Clock.systemUTC(), System::nanoTime, connections, bodyLimit);
    }

    @Test
    void stopsRecordingABodyThatGrowsTooLarge() throws Exception {
        try (var worker = ScriptedWorker.holding(OPEN + "x".repeat(65));
                var client = client(worker, Connections.FRESH, 64, "head=1s")) {
            Exchange exchange = client.send(Call.get("large", "/metrics"), LIMIT);
            assertThat(exchange.end())
                    .isInstanceOfSatisfying(
                            BodyEnd.TooLarge.class,
                            end -> assertThat(end.limit()).isEqualTo(64));
            assertThat(transcript.exchanges()).hasSize(1);
        }
    }

    @Test
    void letsGoOfAnExchangeThatGrewTooLarge() throws Exception {
        try (var worker = ScriptedWorker.holding(OPEN + "x".repeat(65));
                var client = client(worker, Connections.FRESH, 64, "head=1s")) {
            client.send(Call.get("too-large", "/metrics"), LIMIT);
            for (Thread thread : Thread.getAllStackTraces().keySet()) {
                if (thread.getName().endsWith("-too-large")) {
                    thread.join(LIMIT);
                }
            }
            // OkHttp's timers hold all that belongs to a connection in use, for minutes.
            assertThat(client.connections()).isZero();
        }
    }

    @Test
    void recordsABodyOfJustTheLimit() throws Exception {
        try (var worker = ScriptedWorker.closing(WHOLE + "{}");
                var client = client(worker, Connections.FRESH, 2, "head=1s")) {
            assertThat(client.send(Call.get("fits", "/health"), LIMIT).end()).isInstanceOf(BodyEnd.Complete.class);
        }
    }

    @Test
    void keepsWhatCameBeforeTheCallersLimit() throws Exception {
        try (var worker = ScriptedWorker.holding(OPEN + "data: a\n\n");
                var client = client(worker, Connections.FRESH, 64, "head=1s");
                StreamingCall call = client.open(Call.get("slow", "/execute"))) {
            assertThat(call.awaitEvents(1, LIMIT)).isTrue();
            Exchange exchange = call.awaitEnd(Duration.ofMillis(1));
            assertThat(exchange.end()).isInstanceOf(BodyEnd.TimedOut.class);
            assertThat(exchange.bodyText()).isEqualTo("data: a\n\n");
            assertThat(transcript.exchanges()).hasSize(1);
        }
    }

    @Test
    void endsAnExchangeThatOutlivesTheRequestBudget() throws Exception {
        try (var worker = ScriptedWorker.holding(OPEN);
                var client = client(worker, Connections.FRESH, 64, "request=100ms")) {
            assertThat(client.send(Call.get("slow", "/execute"), LIMIT).end()).isInstanceOf(BodyEnd.TimedOut.class);
        }
    }

    @RepeatedTest(20)
    void usesAConnectionAgainOnlyWhereAsked() throws Exception {
        assertThat(connectionsOfTwoRequests(Connections.KEPT_ALIVE)).isEqualTo(1);
        assertThat(connectionsOfTwoRequests(Connections.FRESH)).isEqualTo(2);
    }

    private int connectionsOfTwoRequests(Connections connections) throws Exception {
        try (var worker = ScriptedWorker.closing(WHOLE + "{}", WHOLE + "[]");
                var client = client(worker, connections, 64, "head=1s")) {
            assertThat(client.send(Call.get("first", "/health"), LIMIT).bodyText())
                    .isEqualTo("{}");
            assertThat(client.send(Call.get("second", "/health"), LIMIT).bodyText())
                    .isEqualTo("[]");
            return worker.connections();
        }
    }
}
