package dev.touchstone.harness.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.fuzz.Corpus;
import dev.touchstone.harness.fuzz.Fuzz;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.RecordingRoom;
import dev.touchstone.harness.transcript.RequestRecord;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whatever comes back on a connection, reading it ends, and with nothing but an end or an {@link IOException}. */
final class RawResponseFuzzTest {

    @Test
    void endsOnAnyAnswer() {
        Fuzz.run(random -> {
            byte[] answer = Corpus.ANSWERS.mutated(random);
            Exchange exchange = recorded(answer);
            assertThat(exchange.body()).hasSizeLessThanOrEqualTo(answer.length);
            assertThat(exchange.end()).isNotInstanceOf(BodyEnd.TimedOut.class);
            if (exchange.end() instanceof BodyEnd.Cut cut) {
                assertThat(cut.reason()).hasLineCount(1).matches("[^\\x00-\\x1f]+");
            }
        });
    }

    private static Exchange recorded(byte[] answer) {
        var request = new RequestRecord(RequestRecord.RAW, "http://x/", List.of(), new byte[0], Instant.EPOCH);
        var recording = new Recording(
                1, "raw", request, 1_000, new RecordingRoom(1_000), Duration.ZERO, System::nanoTime, ended -> {});
        ScopedValue.where(SocketReads.CURRENT, new SocketReads(System::nanoTime))
                .run(() -> {
                    try {
                        new RawResponse(new RecordingInputStream(new ByteArrayInputStream(answer)), recording).record();
                    } catch (IOException e) {
                        recording.cut(NetworkReason.of(e, recording.hasHead()));
                    }
                });
        return recording.soFar();
    }
}
