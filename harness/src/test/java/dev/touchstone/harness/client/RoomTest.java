package dev.touchstone.harness.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Chunk;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.RecordingRoom;
import dev.touchstone.harness.transcript.Transcript;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What all exchanges of a scenario may take of the memory together. */
final class RoomTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int MIB = 1024 * 1024;

    private final Transcript transcript = new Transcript(new RecordingRoom(4 * MIB));

    private long recorded() {
        return transcript.exchanges().stream()
                .flatMap(exchange -> exchange.chunks().stream())
                .mapToLong(Chunk::weight)
                .sum();
    }

    @Test
    void boundsWhatManyLongBodiesTakeTogether() throws Exception {
        String body = "x".repeat(MIB);
        try (var server = HostileServer.plain(HostileServer.answers("HTTP/1.1 200 OK\r\n\r\n" + body));
                var client = new OkHttpWorkerClient(Target.at(server.url()), transcript)) {
            assertThat(client.send(Call.get("first", "/"), LIMIT).end()).isInstanceOf(BodyEnd.Complete.class);
            for (int n = 0; n < 20; n++) {
                client.send(Call.get("more", "/"), LIMIT);
            }
            assertThat(client.send(Call.get("last", "/"), LIMIT).end()).isInstanceOf(BodyEnd.TooLarge.class);
        }
        assertThat(recorded()).isBetween(3L * MIB, 4L * MIB + 22 * 3 * 64 * 1024);
    }

    @Test
    void recordsAShortBodyEvenWhenTheRoomIsUsedUp() throws Exception {
        transcript.room().take(5 * MIB);
        try (var server = HostileServer.plain(HostileServer.answers("HTTP/1.1 200 OK\r\n\r\n{}"));
                var client = new OkHttpWorkerClient(Target.at(server.url()), transcript)) {
            assertThat(client.send(Call.get("health", "/health"), LIMIT).end()).isInstanceOf(BodyEnd.Complete.class);
        }
    }

    @Test
    void isSharedWithRawCalls() throws Exception {
        transcript.room().take(5 * MIB);
        String body = "x".repeat(MIB);
        try (var server = HostileServer.plain(HostileServer.answers("HTTP/1.1 200 OK\r\n\r\n" + body))) {
            var raw = new RawCall(Target.at(server.url()), transcript);
            Exchange exchange =
                    raw.send("long", raw.bytes("GET", "/", List.of(), new byte[0]), RawCall.After.WAIT, LIMIT);
            assertThat(exchange.end()).isInstanceOf(BodyEnd.TooLarge.class);
        }
    }
}
