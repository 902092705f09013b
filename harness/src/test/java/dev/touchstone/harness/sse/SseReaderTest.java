package dev.touchstone.harness.sse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.transcript.BodyEnd;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SseReaderTest {

    private static final String BODY =
            "\uFEFF: hi\n\nevent: token\ndata:{\"t\":\"😀é\"}\ndata: two\nid: 7\nodd: 1\n\ndata\n\n";

    private static SseStream read(byte[] bytes) {
        var reader = new SseReader();
        reader.push(bytes, 0, 1);
        return reader.finish();
    }

    private static SseStream read(String text) {
        return read(text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\r\n"})
    void readsEveryLineEndWhereverTheBodyIsSplit(String lineEnd) {
        byte[] bytes = BODY.replace("\n", lineEnd).getBytes(StandardCharsets.UTF_8);
        SseStream whole = read(bytes);
        assertThat(whole.events()).extracting(SseEvent::type).containsExactly("token", "message");
        assertThat(whole.events()).extracting(SseEvent::data).containsExactly("{\"t\":\"😀é\"}\ntwo", "");
        assertThat(whole.events().getLast().id()).isEqualTo("7");
        assertThat(whole.events().getLast().end()).isEqualTo(bytes.length);
        assertThat(whole.comments()).isEqualTo(1);
        assertThat(whole.findings()).allMatch(f -> f.rule().legal()).hasSize(1);
        for (int split = 0; split <= bytes.length; split++) {
            var reader = new SseReader();
            reader.push(Arrays.copyOf(bytes, split), 0, 1);
            reader.push(Arrays.copyOfRange(bytes, split, bytes.length), 0, 1);
            assertThat(reader.finish()).isEqualTo(whole);
        }
    }

    @Test
    void reportsWhatIsNotWellFormed() {
        assertThat(rules("data: x\n")).containsExactly(SseRule.UNTERMINATED_EVENT);
        assertThat(rules("data: x\n\n\uFEFFdata: y\n\n")).contains(SseRule.BOM_IN_MID_STREAM);
        assertThat(rules("data: x\r\r\n")).contains(SseRule.STRAY_CARRIAGE_RETURN);
        assertThat(rules("event: x\n\n")).containsExactly(SseRule.EVENT_WITHOUT_DATA);
        assertThat(rules("data: a\0\n\n")).containsExactly(SseRule.NUL_BYTE);
        assertThat(rules("data: x\n\n: bye\n\n")).isEmpty();
    }

    @Test
    void replacesMalformedUtf8AsTheStandardDoes() {
        byte[] bytes = {
            'd', 'a', 't', 'a', ':', (byte) 0xed, (byte) 0xa0, (byte) 0x80, 'x', (byte) 0xe2, (byte) 0x82, '\n', '\n'
        };
        SseStream stream = read(bytes);
        assertThat(stream.events().getFirst().data()).isEqualTo("\uFFFD\uFFFD\uFFFDx\uFFFD");
        assertThat(stream.findings()).extracting(SseFinding::byteOffset).containsExactly(5L, 6L, 7L, 9L);
    }

    @Test
    void readsRandomBytesTheSameInOnePieceAndByteByByte() {
        byte[] alphabet = {
            '\r', '\n', ':', ' ', 'd', 'a', 't', 'i', 0, (byte) 0xef, (byte) 0xbb, (byte) 0xbf, (byte) 0xf0
        };
        var random = new Random(20261124);
        for (int round = 0; round < 2_000; round++) {
            byte[] bytes = new byte[random.nextInt(60)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = alphabet[random.nextInt(alphabet.length)];
            }
            var reader = new SseReader();
            for (byte value : bytes) {
                reader.push(new byte[] {value}, 0, 1);
            }
            assertThat(reader.finish()).isEqualTo(read(bytes));
        }
    }

    @Test
    void givesTheEventsSoFarWhileTheBodyIsUnderWay() {
        var reader = new SseReader();
        reader.push("data: a\n\ndata: b\n\ndata: c\n".getBytes(StandardCharsets.UTF_8), 0, 1);
        assertThat(reader.eventCount()).isEqualTo(2);
        assertThat(reader.events()).extracting(SseEvent::data).containsExactly("a", "b");
        assertThat(reader.eventsFrom(1)).extracting(SseEvent::data).containsExactly("b");
        reader.push(new byte[] {'\n'}, 0, 2);
        assertThat(reader.eventsFrom(2)).extracting(SseEvent::data).containsExactly("c");
    }

    static List<BodyEnd> endsByTheWorker() {
        return List.of(new BodyEnd.Complete(0), new BodyEnd.Cut(0, "reset"));
    }

    @ParameterizedTest
    @MethodSource("endsByTheWorker")
    void reportsATailThatTheWorkerLeft(BodyEnd end) {
        assertThat(SseReader.read(Splits.exchange("data: x\n", end)).findings())
                .extracting(SseFinding::rule)
                .containsExactly(SseRule.UNTERMINATED_EVENT);
    }

    static List<BodyEnd> endsByTheKit() {
        return List.of(new BodyEnd.TimedOut(0), new BodyEnd.Abandoned(0), new BodyEnd.TooLarge(0, 8));
    }

    @ParameterizedTest
    @MethodSource("endsByTheKit")
    void blamesNobodyForATailAfterWhichTheKitStoppedReading(BodyEnd end) {
        assertThat(SseReader.read(Splits.exchange("data: x\n", end)).findings()).isEmpty();
    }

    private static List<SseRule> rules(String text) {
        return read(text).findings().stream().map(SseFinding::rule).toList();
    }
}
