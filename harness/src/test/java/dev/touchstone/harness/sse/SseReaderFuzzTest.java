package dev.touchstone.harness.sse;

import static dev.touchstone.harness.sse.StandardAssert.assertReadByTheStandard;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.fuzz.Corpus;
import dev.touchstone.harness.fuzz.Fuzz;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Invariants of the reader over mutations of literal streams. */
final class SseReaderFuzzTest {

    @Test
    void readsAnythingByTheStandardHoweverItIsSplit() {
        Fuzz.run(random -> {
            byte[] body = Corpus.STREAMS.mutated(random);
            assertReadByTheStandard(StandardModel.of(body), Splits.randomly(body, random));
            SseStream whole = Splits.read(Splits.at(body));
            assertThat(Splits.read(Splits.randomly(body, random)).findings()).isEqualTo(whole.findings());
            assertOffsetsRise(whole, body.length);
            assertKeepsNoMoreThanCame(whole, body.length);
            assertThat(SecondOpinion.events(Splits.exchange(Splits.at(body)))).isNotNull();
        });
    }

    private static void assertOffsetsRise(SseStream stream, int length) {
        long last = 0;
        for (SseEvent event : stream.events()) {
            assertThat(event.start()).isGreaterThanOrEqualTo(last);
            assertThat(event.end()).isGreaterThan(event.start()).isLessThanOrEqualTo(length);
            last = event.end();
        }
        List<Long> offsets =
                stream.findings().stream().map(SseFinding::byteOffset).toList();
        assertThat(offsets).isSorted().allMatch(offset -> offset >= 0 && offset < length);
    }

    /** Memory is linear in the bytes: no character of data without a byte, and findings are counted. */
    private static void assertKeepsNoMoreThanCame(SseStream stream, int length) {
        assertThat(stream.events().stream().mapToLong(e -> e.data().length()).sum())
                .isLessThanOrEqualTo(length);
        assertThat(stream.findings()).hasSizeLessThanOrEqualTo(100 * SseRule.values().length);
    }
}
