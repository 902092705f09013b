package dev.touchstone.harness.sse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Chunk;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.RequestRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SecondOpinionTest {

    private static final String[] NAMES = {"data", "data", "data", "event", "id", "retry", "odd", "Data", ""};
    private static final String[] VALUES = {
        "", " ", "token", "{\"t\":\"😀é\",\"i\":0}", "a:b", " two  spaces ", "7", "\uFEFF", "data: x", "\0"
    };
    private static final String[] LINE_ENDS = {"\n", "\r", "\r\n"};

    @Test
    void agreesOnEveryLegalStreamHoweverItIsSplit() {
        int events = 0;
        for (int seed = 0; seed < 3_000; seed++) {
            var random = new Random(seed);
            byte[] body = legalStream(random).getBytes(StandardCharsets.UTF_8);
            Exchange exchange = exchange(split(body, random));
            assertThat(SecondOpinion.disagreement(exchange)).as("seed %d", seed).isEmpty();
            events += SecondOpinion.events(exchange).size();
        }
        assertThat(events).isGreaterThan(4_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\uFEFF",
                "\uFEFFdata: x\n\n",
                "event: token\rdata: x\r\r",
                "id: 1\revent: token\r\ndata\n\r\n",
                "data: x\n\nevent: tok",
                "data: x\n\ndata: cut",
                "data: x\n\ndata: cut\n",
                "data: x\n\nretry: 1",
                "data: x\r\r\n",
                "data: x\n\n\uFEFFdata: y\n\n",
                "event: x\n\ndata: a\0\n\n"
            })
    void agreesOnWhatOkHttpReadsInItsOwnWay(String body) {
        Exchange exchange = exchange(List.of(body.getBytes(StandardCharsets.UTF_8)));
        assertThat(SecondOpinion.disagreement(exchange)).isEmpty();
    }

    @Test
    void givesTypeAndDataOfEachEvent() {
        Exchange exchange = exchange(List.of(
                "event: token\ndata: a\ndata: b\n\n".getBytes(StandardCharsets.UTF_8),
                ": hi\n\ndata: c\n\n".getBytes(StandardCharsets.UTF_8)));
        assertThat(SecondOpinion.events(exchange))
                .containsExactly(new SecondOpinion.Event("token", "a\nb"), new SecondOpinion.Event("message", "c"));
    }

    @Test
    void saysWhereBytesThatAreNotUtf8AreReadInTwoWays() {
        // An encoded surrogate: three replacements by the standard, one by okio.
        byte[] broken = {'d', 'a', 't', 'a', ':', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '\n', '\n'};
        Exchange exchange = exchange(List.of("data: fine\n\n".getBytes(StandardCharsets.UTF_8), broken));
        assertThat(SecondOpinion.disagreement(exchange))
                .contains("Event 2, at byte 12, has the data '\uFFFD\uFFFD\uFFFD' for the strict reader"
                        + " and '\uFFFD' for okhttp-sse.");
    }

    @Test
    void saysWhichTypeOrWhichEventsOnlyOneOfThemRead() {
        var strict = List.of(event("token", "a", 0, 20), event("end", "b", 20, 40));
        var token = new SecondOpinion.Event("token", "a");
        assertThat(SecondOpinion.disagreement(strict, List.of(token, new SecondOpinion.Event("message", "b"))))
                .contains("Event 2, at byte 20, has the type 'end' for the strict reader and 'message' for"
                        + " okhttp-sse.");
        assertThat(SecondOpinion.disagreement(strict, List.of(token)))
                .contains("The strict reader sees 2 events and okhttp-sse 1; the first that only the strict reader"
                        + " sees begins at byte 20.");
        assertThat(SecondOpinion.disagreement(strict.subList(0, 1), List.of(token, token)))
                .contains("The strict reader sees 1 events and okhttp-sse 2; the strict reader's last ends at byte"
                        + " 20.");
    }

    @Test
    void showsLongDataAroundThePlaceWhereTheyPart() {
        String same = "x".repeat(500);
        var strict = List.of(event("token", same + "ours", 0, 20));
        assertThat(SecondOpinion.disagreement(strict, List.of(new SecondOpinion.Event("token", same + "theirs"))))
                .hasValueSatisfying(
                        said -> assertThat(said).contains("xours'", "xtheirs'").hasSizeLessThan(200));
    }

    @Test
    void showsTheBeginningWhereTheyPartWithinIt() {
        assertThat(said("x".repeat(29))).contains("'" + "x".repeat(29) + "ours'");
        assertThat(said("x".repeat(30))).contains("'…" + "x".repeat(15) + "ours'");
        assertThat(said("")).contains("'ours'");
    }

    private static String said(String same) {
        var theirs = List.of(new SecondOpinion.Event("token", same + "theirs"));
        return SecondOpinion.disagreement(List.of(event("token", same + "ours", 0, 20)), theirs)
                .orElseThrow();
    }

    private static SseEvent event(String type, String data, long start, long end) {
        return new SseEvent(type, data, "", start, end, 0, 1);
    }

    /** Lines of every kind that the standard allows, in any order, with line ends as they fall. */
    private static String legalStream(Random random) {
        var text = new StringBuilder(random.nextInt(4) == 0 ? "\uFEFF" : "");
        String only = LINE_ENDS[random.nextInt(3)];
        boolean mixed = random.nextInt(3) == 0;
        int lines = random.nextInt(30);
        for (int i = 0; i < lines; i++) {
            text.append(line(random)).append(mixed ? LINE_ENDS[random.nextInt(3)] : only);
        }
        return text.append(random.nextBoolean() ? only + only : "").toString();
    }

    private static String line(Random random) {
        String value = VALUES[random.nextInt(VALUES.length)];
        return switch (random.nextInt(6)) {
            case 0, 1 -> "";
            case 2 -> ":" + value;
            case 3 -> NAMES[random.nextInt(NAMES.length)];
            case 4 -> NAMES[random.nextInt(NAMES.length)] + ":" + value;
            default -> NAMES[random.nextInt(NAMES.length)] + ": " + value;
        };
    }

    private static List<byte[]> split(byte[] body, Random random) {
        List<byte[]> pieces = new ArrayList<>();
        int longest = 1 + random.nextInt(40);
        for (int at = 0; at < body.length; ) {
            int to = Math.min(body.length, at + 1 + random.nextInt(longest));
            pieces.add(Arrays.copyOfRange(body, at, to));
            at = to;
        }
        return pieces;
    }

    private static Exchange exchange(List<byte[]> pieces) {
        List<Chunk> chunks = new ArrayList<>();
        long offset = 0;
        for (byte[] piece : pieces) {
            chunks.add(new Chunk(offset, piece, 0, 1));
            offset += piece.length;
        }
        var request = new RequestRecord("POST", "http://worker.invalid/execute", List.of(), new byte[0], Instant.EPOCH);
        return new Exchange(1, "execute", request, Optional.empty(), chunks, new BodyEnd.Complete(0));
    }
}
