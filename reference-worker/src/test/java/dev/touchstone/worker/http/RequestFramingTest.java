package dev.touchstone.worker.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestFramingTest {
    private static final String GET = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String CHUNKED = "POST /execute HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

    private static String post(String fields) {
        return "POST /execute HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n";
    }

    /** Feeds the text in parts of the given size and returns what was let through, as the owner of the bytes does. */
    private static String passed(RequestFraming framing, String text, int part) {
        StringBuilder passed = new StringBuilder();
        String held = "";
        for (int from = 0; from < text.length() && framing.violation().isEmpty(); from += part) {
            String bytes = text.substring(from, Math.min(text.length(), from + part));
            int count = framing.accept(ByteBuffer.wrap(bytes.getBytes(ISO_8859_1)));
            if (count > 0) {
                passed.append(held).append(bytes, 0, count);
                held = bytes.substring(count);
            } else {
                held += bytes;
            }
        }
        return passed.toString();
    }

    /** Whole and byte by byte, the text is let through and ends between two requests. */
    private static void assertWellFramed(String text, int heads) {
        for (int part : new int[] {text.length(), 1, 7}) {
            RequestFraming framing = new RequestFraming();
            assertThat(passed(framing, text, part)).isEqualTo(text);
            assertThat(framing.violation()).isEmpty();
            assertThat(framing.heads()).isEqualTo(heads);
            assertThat(framing.inRequest()).isFalse();
        }
    }

    /** Behind a good request, whole and byte by byte, the text is found out, and its end is never let through. */
    private static void assertRefused(String text, int status, String message) {
        for (int part : new int[] {10_000_000, 1, 5}) {
            RequestFraming framing = new RequestFraming();
            String let = passed(framing, GET + text, part);
            assertThat(framing.violation()).as(text).isPresent();
            assertThat(framing.violation().orElseThrow().status()).isEqualTo(status);
            assertThat(framing.violation().orElseThrow().body()).contains(message);
            assertThat(let).startsWith(GET).hasSizeLessThan(GET.length() + text.length());
            if (framing.heads() == 1) {
                assertThat(let).isEqualTo(GET);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                GET,
                "GET / HTTP/1.0\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\nhost:\r\n\r\n",
                "CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n",
                "GET http://x:80/%41?q=%00&a HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nX-Empty:\r\nX: \t a\tb \u0085\u00ff \t\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a.b:1\r\nContent-Length: 0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\ncontent-LENGTH:\t0005 \r\n\r\n\r\n\0:\n",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n",
            })
    void letsOneGoodRequestThrough(String text) {
        assertWellFramed(text, 1);
    }

    @Test
    void letsPipelinedRequestsThrough() {
        String fixed = post("Content-Length: 3\r\n") + "abc";
        String chunked = CHUNKED + "5\r\nGET /\r\n00A;x=\"y\"\r\n\r\n\r\n12345\n\r\n0;last\r\nT: railer\r\n\r\n";
        assertWellFramed(GET + fixed + chunked + GET + chunked + fixed, 6);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                "Content-Length: 5\r\nContent-Length: 6\r\n",
                "Content-Length: 5\r\nContent-Length: 5\r\n",
                "Content-Length: 5, 5\r\n",
                "Content-Length: +5\r\n",
                "Content-Length: -5\r\n",
                "Content-Length: 5 5\r\n",
                "Content-Length: 0x5\r\n",
                "Content-Length: 5.0\r\n",
                "Content-Length: \u00b2\r\n",
                "Content-Length:\r\n",
                "Transfer-Encoding: xchunked\r\n",
                "Transfer-Encoding: identity\r\n",
                "Transfer-Encoding: gzip, chunked\r\n",
                "Transfer-Encoding: chunked, chunked\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding:\u000bchunked\r\n",
                "Transfer-Encoding: \"chunked\"\r\n",
                "Transfer-Encoding\r\n",
                "no colon\r\n",
                ": no name\r\n",
                "Content-Length : 5\r\n",
                "Transfer-Encoding\t: chunked\r\n",
                " Content-Length: 5\r\n",
                "X: a\r\n folded\r\n",
                "X: a\r\n\tfolded\r\n",
                "X: a\rContent-Length: 5\r\n",
                "X: a\nContent-Length: 5\r\n",
                "X: a\r\r\n",
                "X: a\0b\r\n",
                "X: a\u007fb\r\n",
                "X\u00e9: a\r\n",
                "X(1): a\r\n",
                "Host: y\r\n",
            })
    void refusesAHeadThatTwoReadersCouldReadInTwoWays(String fields) {
        assertRefused(post(fields), 400, "\"field\":\"head\",\"message\":\"head must ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /health\r\n",
                "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET / /x HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET / HTTP/1.1 \r\nHost: x\r\n\r\n",
                "GET\t/\tHTTP/1.1\r\nHost: x\r\n\r\n",
                "GET / HTTP/2.0\r\n\r\n",
                "GET / HTTP/1.2\r\nHost: x\r\n\r\n",
                "GET / http/1.1\r\nHost: x\r\n\r\n",
                "GET /\u00e9 HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /?% HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET health HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET ftp://x/ HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /a[b] HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n",
                "CONNECT / HTTP/1.1\r\nHost: x\r\n\r\n",
                "G{T / HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET / HTTP/1.1\nHost: x\n\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: user@x\r\n\r\n",
                "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
                "\u0016\u0003\u0001\u0002\0\u0001",
            })
    void refusesWhatIsNoRequestHead(String text) {
        assertRefused(text, 400, "\"field\":\"head\",\"message\":\"head must ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zz\r\n",
                "\r\n",
                ";x\r\n",
                "0x5\r\nabcde\r\n",
                "-5\r\n",
                "+5\r\n",
                " 5\r\n",
                "5 \r\nabcde\r\n",
                "5 5\r\n",
                "5\nabcde\n",
                "5\r\nabcdef\r\n",
                "5\r\nabcde\n",
                "5\r\nabcde\r\r\n",
                "5\r\nabcd\r\n0\r\n\r\n",
                "5;a\0\r\n",
                "5;a\rb\r\n",
                "\u0665\r\n",
                "fffffffffffff\r\n",
                "10000000000000005\r\n",
                "0\r\nno colon\r\n",
                "0\r\nX : a\r\n",
                "0\r\n X: a\r\n",
                "0\r\nContent-Length: 5\r\n",
                "0\r\nTransfer-Encoding: chunked\r\n",
                "0\r\nX: a\n",
                "0\r\n\n",
            })
    void refusesAChunkThatTwoReadersCouldReadInTwoWays(String chunks) {
        assertRefused(CHUNKED + chunks, 400, "\"field\":\"body\",\"message\":\"body must ");
        assertRefused(CHUNKED + "3\r\nabc\r\n" + chunks, 400, "\"field\":\"body\",\"message\":\"body must ");
    }

    @Test
    void readsOnlyChunkSizesOfAsciiDigits() {
        // Character.digit takes the digits of all scripts; a line holds bytes, and bytes above 0x7F are none of them.
        for (char c = 0x80; c <= 0xFF; c++) {
            assertRefused(CHUNKED + c + "\r\n", 400, "chunk sizes");
        }
    }

    @Test
    void refusesWhatIsTooLong() {
        assertRefused("GET /" + "a".repeat(9000), 400, "no line of more than 8192 bytes");
        assertRefused("G".repeat(9000), 400, "no line of more than 8192 bytes");
        assertRefused(post(("X: " + "a".repeat(7000) + "\r\n").repeat(2)), 400, "at most 12288 bytes");
        assertRefused(post("X: a\r\n".repeat(101)), 400, "at most 100 field lines");
        assertRefused("GET / HTTP/1.1\r\nHost: " + "a".repeat(4000) + "\r\n", 400, "valid Host");
        assertRefused(post("Content-Length: 99999999999999999999999\r\n"), 413, "2097152 bytes");
        assertRefused(CHUNKED + "5;" + "a".repeat(300) + "\r\n", 400, "no line of more than 256 bytes");
        assertRefused(CHUNKED + "0\r\n" + "X: a\r\n".repeat(33), 400, "at most 32 trailer fields");
    }

    @Test
    void tellsWhereInTheRequestItIs() {
        RequestFraming framing = new RequestFraming();
        assertThat(framing.inRequest()).isFalse();
        passed(framing, "P", 1);
        assertThat(framing.inRequest()).isTrue();
        assertThat(framing.inBody()).isFalse();
        passed(framing, "OST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n", 100);
        assertThat(framing.heads()).isEqualTo(1);
        assertThat(framing.inBody()).isTrue();
        passed(framing, "{", 1);
        assertThat(framing.inBody()).isTrue();
        passed(framing, "}", 1);
        assertThat(framing.inRequest()).isFalse();
    }

    /** Garbled requests, the same each time: how they are cut into packets must not change what is let through. */
    @Test
    void judgesGarbledBytesAlikeHoweverTheyAreCut() {
        Random random = new Random(42);
        String good =
                GET + CHUNKED + "3;a=b\r\n{\"j\r\n00\r\nT: r\r\n\r\n" + post("Content-Length: 2\r\n") + "{}" + GET;
        List<String> shreds =
                List.of("\r\n", "\n", "\r", " ", ":", "\0", "0", "Content-Length: 2\r\n", "%", "\u00ff", ";");
        int refused = 0;
        for (int i = 0; i < 2000; i++) {
            StringBuilder text = new StringBuilder(good);
            for (int changes = random.nextInt(4); changes > 0; changes--) {
                int at = random.nextInt(text.length());
                if (random.nextBoolean()) {
                    text.insert(at, shreds.get(random.nextInt(shreds.size())));
                } else {
                    text.delete(at, at + 1 + random.nextInt(3));
                }
            }
            RequestFraming whole = new RequestFraming();
            String let = passed(whole, text.toString(), text.length());
            RequestFraming cut = new RequestFraming();
            String alike = passed(cut, text.toString(), 1 + random.nextInt(9));
            assertThat(cut.heads()).isEqualTo(whole.heads());
            assertThat(cut.violation().map(RefusedRequest::body))
                    .isEqualTo(whole.violation().map(RefusedRequest::body));
            assertThat(alike).as(text.toString()).isEqualTo(let);
            assertThat(text).startsWith(let);
            refused += whole.violation().isPresent() ? 1 : 0;
        }
        assertThat(refused).isBetween(500, 1999);
    }
}
