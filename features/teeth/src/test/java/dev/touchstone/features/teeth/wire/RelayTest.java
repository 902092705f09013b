package dev.touchstone.features.teeth.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.features.teeth.wire.ProxyFixture.Ends;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the proxy does not change passes byte by byte. */
class RelayTest {

    private static final String GET = "GET /health HTTP/1.1\r\nhost:  x \r\nX-Odd-Case: 1\r\n\r\n";
    private static final String POST =
            "POST /execute?a=%20 HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{\"a\": 1}\n";
    private static final String LENGTH = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nDate: now\r\n\r\nhello";

    private final AtomicInteger passages = new AtomicInteger();
    private ProxyFixture fixture;
    private Ends ends;

    @BeforeEach
    void connect() throws Exception {
        fixture = new ProxyFixture(passage -> {
            passages.incrementAndGet();
            passage.relay();
        });
        ends = fixture.connect();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
        assertThat(fixture.proxy().failure()).isEmpty();
    }

    private void passes(String request, String answer) throws Exception {
        assertThat(ends.asked(request)).isEqualTo(request);
        assertThat(ends.answered(answer)).isEqualTo(answer);
    }

    @Test
    void passesRequestsOfOneConnectionOneAfterAnother() throws Exception {
        passes(GET, LENGTH);
        passes(POST, LENGTH);
        passes(GET, "HTTP/1.1 204 No Content\r\n\r\n");
        passes(GET, "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n");
        passes("HEAD" + GET.substring(3), "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n");
        passes(GET, LENGTH);
        assertThat(passages).hasValue(6);
    }

    @Test
    void passesChunksAsTheyAre() throws Exception {
        String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        passes(GET, chunked + "5\r\nhello\r\n00A;x=1\r\n0123456789\r\n0\r\nT: 1\r\n\r\n");
        passes(POST, chunked + "0\r\n\r\n");
        passes(GET, LENGTH);
        assertThat(passages).hasValue(3);
    }

    @Test
    void passesChunkedRequestsAsTheyAre() throws Exception {
        passes(
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n02\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
                LENGTH);
        passes(GET, LENGTH);
        assertThat(passages).hasValue(2);
    }

    @Test
    void passesEachPieceOfAnAnswerAtOnce() throws Exception {
        ends.asked(GET);
        for (String piece :
                "HTTP/1.1 200| OK\r\nTransfer-Enc|oding: chunked\r|\n\r\n5|\r\nhel|lo\r\n0\r|\n\r\n".split("\\|")) {
            assertThat(ends.answered(piece)).isEqualTo(piece);
        }
        passes(GET, LENGTH);
    }

    @Test
    void passesInterimAnswers() throws Exception {
        passes(GET, "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" + LENGTH);
        passes(GET, LENGTH);
    }

    @Test
    void passesAnAnswerThatEndsWithTheConnection() throws Exception {
        String answer = "HTTP/1.1 200 OK\r\nX: 1\r\n\r\nto the end";
        passes(GET, answer);
        assertThat(ends.answered(" and on")).isEqualTo(" and on");
        ends.worker().close();
        assertThat(ends.client().readToEnd()).isEmpty();
    }

    @Test
    void passesAnAnswerCutShort() throws Exception {
        passes(GET, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nonly this");
        ends.worker().close();
        assertThat(ends.client().readToEnd()).isEmpty();
    }

    @Test
    void keepsAPipelinedRequestBackUntilTheAnswerIsOver() throws Exception {
        ends.client().write(GET + POST);
        assertThat(ends.worker().readAsMuchAs(GET)).isEqualTo(GET);
        assertThat(ends.answered(LENGTH)).isEqualTo(LENGTH);
        assertThat(ends.worker().readAsMuchAs(POST)).isEqualTo(POST);
        assertThat(ends.answered(LENGTH)).isEqualTo(LENGTH);
        assertThat(passages).hasValue(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n\r\n",
                "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET / HTTP/1.0\r\nHost: x\r\n\r\n",
                "GET / HTTP/1.1\nHost: x\n\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n folded\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nA: b\nc: d\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nA: \u0000\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\na",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\na",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\na",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3145729\r\n\r\na",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;e=f\r\na\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nT: 1\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\na\n0\n\n",
            })
    void passesOddRequestsAsTheyAreAndLooksAtNothingAfterwards(String request) throws Exception {
        passes(request, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        passes(GET, LENGTH);
        assertThat(passages).hasValue(0);
    }

    @Test
    void passesAHeadWithoutEnd() throws Exception {
        String head = "GET / HTTP/1.1\r\nHost: x\r\nA: " + "a".repeat(Head.MOST_BYTES);
        assertThat(ends.asked(head)).isEqualTo(head);
        assertThat(passages).hasValue(0);
    }

    @Test
    void passesABodyThatComesSlowly() throws Exception {
        String begin = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nabc";
        assertThat(ends.asked(begin)).isEqualTo(begin);
        assertThat(ends.answered("HTTP/1.1 408 Too Slow\r\n")).isEqualTo("HTTP/1.1 408 Too Slow\r\n");
        assertThat(ends.asked("def")).isEqualTo("def");
        assertThat(passages).hasValue(0);
    }

    @Test
    void passesARequestThatEndsEarlyWithItsEnd() throws Exception {
        String begin = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nabc";
        ends.client().write(begin);
        ends.client().fin();
        assertThat(ends.worker().readToEnd()).isEqualTo(begin);
        assertThat(ends.answered(LENGTH)).isEqualTo(LENGTH);
    }

    @Test
    void passesWhatAWorkerSaysUnasked() throws Exception {
        assertThat(ends.answered("HTTP/1.1 408 Timeout\r\n\r\n")).isEqualTo("HTTP/1.1 408 Timeout\r\n\r\n");
        ends.worker().close();
        assertThat(ends.client().readToEnd()).isEmpty();
    }

    @Test
    void passesLargeBodiesBothWays() throws Exception {
        String body = "0123456789abcdef".repeat(8 * 1024);
        String headers = "Content-Length: " + body.length() + "\r\n\r\n" + body;
        passes("POST / HTTP/1.1\r\nHost: x\r\n" + headers, "HTTP/1.1 200 OK\r\n" + headers);
        passes(GET, LENGTH);
    }

    @Test
    void servesClientsBesideEachOther() throws Exception {
        Ends others = fixture.connect();
        assertThat(ends.asked(GET)).isEqualTo(GET);
        assertThat(others.asked(POST)).isEqualTo(POST);
        assertThat(others.answered(LENGTH)).isEqualTo(LENGTH);
        assertThat(ends.answered("HTTP/1.1 204 No Content\r\n\r\n")).startsWith("HTTP/1.1 204");
    }
}
