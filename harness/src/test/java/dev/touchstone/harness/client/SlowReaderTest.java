package dev.touchstone.harness.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.Transcript;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SlowReaderTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String BODY = "data: one\n\n".repeat(200);
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: " + BODY.length() + "\r\n\r\n" + BODY;

    private final Transcript transcript = new Transcript();

    private Exchange read(ScriptedWorker worker, ReadingPace pace, Duration limit) throws InterruptedException {
        Target target = Target.at(worker.url()).withToken("s3cret");
        return new SlowReader(target, transcript)
                .send(Call.postJson("slow", "/execute", "{\"prompt\":\"p\"}"), pace, limit);
    }

    @Test
    void takesAllInSingleBytes() throws Exception {
        try (var worker = ScriptedWorker.holding(ANSWER)) {
            Exchange exchange = read(worker, ReadingPace.singleBytes(), LIMIT);
            assertThat(exchange.end()).isInstanceOf(BodyEnd.Complete.class);
            assertThat(exchange.bodyText()).isEqualTo(BODY);
            int reads = exchange.chunks().getLast().read();
            assertThat(reads).isGreaterThanOrEqualTo(BODY.length());
            assertThat(transcript.exchanges()).hasSize(1);
        }
    }

    @Test
    void pausesAsOftenAsToldAndLosesNothing() throws Exception {
        try (var worker = ScriptedWorker.holding(ANSWER)) {
            var pace = ReadingPace.pausing(3, Duration.ofMillis(20), 100);
            Exchange exchange = read(worker, pace, LIMIT);
            assertThat(exchange.bodyText()).isEqualTo(BODY);
            assertThat(exchange.chunks().getLast().nanos())
                    .isGreaterThanOrEqualTo(pace.pause().multipliedBy(3).toNanos());
        }
    }

    @Test
    void sendsTheRequestAsOthersDoAndRecordsNoToken() throws Exception {
        try (var worker = ScriptedWorker.closing(ANSWER)) {
            Exchange exchange = read(worker, ReadingPace.singleBytes(), LIMIT);
            assertThat(worker.received())
                    .startsWith("POST /execute HTTP/1.1\r\nHost: 127.0.0.1:")
                    .contains("\r\nAuthorization: Bearer s3cret\r\n", "\r\nContent-Type: application/json\r\n")
                    .endsWith("\r\n\r\n{\"prompt\":\"p\"}");
            assertThat(exchange.request().method()).isEqualTo("POST");
            assertThat(exchange.request().url()).isEqualTo(worker.url() + "/execute");
            assertThat(exchange.request().headers().toString()).doesNotContain("s3cret");
        }
    }

    @Test
    void givesUpWithinAPause() throws Exception {
        try (var worker = ScriptedWorker.holding(ANSWER)) {
            Exchange exchange =
                    read(worker, ReadingPace.pausing(1, Duration.ofMinutes(5), 100), Duration.ofMillis(100));
            assertThat(exchange.end()).isInstanceOf(BodyEnd.TimedOut.class);
            assertThat(exchange.body().length).isLessThan(BODY.length());
        }
    }

    @Test
    void recordsWhatGoesWrong() throws Exception {
        var worker = ScriptedWorker.closing();
        worker.close();
        Exchange exchange = read(worker, ReadingPace.singleBytes(), LIMIT);
        assertThat(exchange.end()).isInstanceOf(BodyEnd.Cut.class);
        try (var cutting = ScriptedWorker.closing("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")) {
            assertThat(read(cutting, ReadingPace.singleBytes(), LIMIT).end()).isInstanceOf(BodyEnd.Cut.class);
        }
    }

    @Test
    void refusesAPaceThatIsNone() {
        assertThatThrownBy(() -> new ReadingPace(0, 1, 0, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("but was 0, 1, 0");
    }
}
