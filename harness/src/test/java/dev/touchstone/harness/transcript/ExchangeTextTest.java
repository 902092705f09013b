package dev.touchstone.harness.transcript;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ExchangeTextTest {

    private static final ResponseHead OK = new ResponseHead(
            "http/1.1",
            200,
            List.of(Map.entry("Content-Type", "text/event-stream"), Map.entry("Set-Cookie", "sid=1")),
            1_000_000);

    private static final RequestRecord ASKED = Exchanges.request(
            "POST",
            "http://worker/execute",
            List.of(Map.entry("Authorization", "Bearer $TOUCHSTONE_TOKEN")),
            utf8("{\n}"));

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[]... pieces) {
        return ExchangeText.of(Exchanges.answered(ASKED, OK, pieces), Redaction.none());
    }

    @Test
    void showsCommandRequestHeadAndEveryPieceWithItsTime() {
        assertThat(text(utf8("data: a\n\n"), utf8("data: \\b\r\n"))).isEqualTo("""
                # 3 execute

                curl -N -i -X 'POST' 'http://worker/execute' -H 'Authorization: Bearer '"$TOUCHSTONE_TOKEN"'' \
                -H 'Content-Type:' --data-raw '{
                }'

                POST http://worker/execute
                Authorization: Bearer $TOUCHSTONE_TOKEN

                {
                }

                http/1.1 200  # after 1.000 ms
                Content-Type: text/event-stream
                Set-Cookie: [redacted]

                #  offset          ms  read
                        0       1.500     1  data: a\\n\\n
                        9       3.000     2  data: \\\\b\\r\\n
                # the body ended after 9.000 ms
                """);
    }

    @Test
    void showsACharacterThatSpansPiecesWholeWithThePieceThatCompletesIt() {
        byte[] body = utf8("a😀é");
        assertThat(text(Arrays.copyOf(body, 3), Arrays.copyOfRange(body, 3, 6), Arrays.copyOfRange(body, 6, 7)))
                .contains("        0       1.500     1  a\n", "        1       3.000     2  😀\n")
                .contains("        5       4.500     3  é\n")
                .doesNotContain("\uFFFD");
    }

    @Test
    void showsBytesThatAreNotTextInHexadecimal() {
        byte[] cut = {'a', (byte) 0xff, 0, 0x1b, 'b', (byte) 0xe2, (byte) 0x82};
        assertThat(text(cut)).contains("1  a\\xff\\x00\\x1bb\n", "        5       1.500     1  \\xe2\\x82\n");
        byte[] broken = {(byte) 0xe2, 'x'};
        assertThat(text(broken)).contains("1  \\xe2x\n");
    }

    @Test
    void cutsLongPiecesAndSaysSo() {
        assertThat(text(utf8("x".repeat(8191) + "😀y"))).contains("xxx … and 3 characters more\n");
    }

    @Test
    void saysWhereAShortenedBodyHasAGap() {
        byte[][] pieces = new byte[100][];
        Arrays.fill(pieces, utf8("0123456789"));
        pieces[99] = utf8("event: end");
        Exchange whole = Exchanges.answered(ASKED, OK, pieces);
        assertThat(whole.shortened(7_400)).isSameAs(whole);
        Exchange shortened = whole.shortened(740);
        assertThat(shortened.chunks()).hasSize(9);
        assertThat(ExchangeText.of(shortened, Redaction.none()))
                .contains("       60      10.500     7  0123456789\n# 910 bytes were not kept\n      980")
                .contains("event: end\n# the body ended");
    }

    @Test
    void takesTheTokenOutOfWhateverTheWorkerSays() {
        var answered = Exchanges.answered(ASKED, OK, utf8("{\"message\":\"bad token s3cret\"}"));
        assertThat(ExchangeText.of(answered, new Redaction(Optional.of("s3cret"))))
                .contains("bad token $TOUCHSTONE_TOKEN")
                .doesNotContain("s3cret");
    }

    @Test
    void namesEveryWayInWhichABodyEnds() {
        assertThat(ended(new BodyEnd.Cut(1, "connection refused"))).contains("# cut: connection refused after");
        assertThat(ended(new BodyEnd.TimedOut(1))).contains("# the kit's time limit ran out after");
        assertThat(ended(new BodyEnd.Abandoned(1))).contains("# the kit hung up after");
        assertThat(ended(new BodyEnd.TooLarge(1, 64))).contains("# the body grew past 64 bytes after");
    }

    private static String ended(BodyEnd end) {
        var exchange = new Exchange(1, "execute", ASKED, Optional.empty(), List.of(), end);
        return ExchangeText.of(exchange, Redaction.none());
    }
}
