package dev.touchstone.features.teeth.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.features.teeth.wire.ProxyFixture.Ends;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a change asks of the worker and what it answers. */
class ChangesTest {

    private static final String BODY = "{\"job_id\":\"1\",\"max_tokens\":5}";
    private static final String ASK =
            "POST /execute HTTP/1.1\r\nHost: x\r\nContent-Length: " + BODY.length() + "\r\nX: y\r\n\r\n" + BODY;
    private static final String STREAM =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n";
    private static final String LAST = "0\r\n\r\n";
    private static final String SMALL = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static String chunk(String data) {
        return Integer.toHexString(data.getBytes(StandardCharsets.ISO_8859_1).length) + "\r\n" + data + "\r\n";
    }

    private static String frame(String event, String data) {
        return "event: " + event + "\ndata: " + data + "\n\n";
    }

    @Test
    void asksAnotherRequestWithItsRightLength() throws Exception {
        TrafficChange edit = passage -> {
            WorkerAnswer answer = passage.ask(passage.request().edited(json -> json.put("max_tokens", 12345)));
            passage.client().answer(answer.head(), answer.allOfBody());
        };
        try (var fixture = new ProxyFixture(edit)) {
            Ends ends = fixture.connect();
            String changed = ASK.replace(":5}", ":12345}").replace("Length: 29", "Length: 33");
            assertThat(ends.client()).isNotNull();
            ends.client().write(ASK);
            assertThat(ends.worker().readAsMuchAs(changed)).isEqualTo(changed);
            assertThat(ends.answered(SMALL)).isEqualTo(SMALL);
        }
    }

    @Test
    void asksTwiceAndServesTheNextRequest() throws Exception {
        TrafficChange twice = passage -> {
            passage.ask().allOfBody();
            WorkerAnswer second = passage.ask(passage.request().withTarget("/again"));
            passage.client().answer(AnswerHead.json(201, "Made"), second.allOfBody());
            passage.fired();
        };
        try (var fixture = new ProxyFixture(twice)) {
            Ends ends = fixture.connect();
            for (int n = 0; n < 2; n++) {
                assertThat(ends.asked(ASK)).isEqualTo(ASK);
                ends.worker().write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("first") + LAST);
                assertThat(ends.worker().readUntil(BODY)).startsWith("POST /again HTTP/1.1\r\n");
                ends.worker().write(SMALL);
                assertThat(ends.client().readUntil("ok"))
                        .isEqualTo(
                                "HTTP/1.1 201 Made\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\nok");
            }
            assertThat(fixture.proxy().fired()).isEqualTo(2);
        }
    }

    @Test
    void givesFramesOneByOneAsTheyAreProduced() throws Exception {
        try (var fixture = new ProxyFixture(FrameChange.each("none", List::of))) {
            Ends ends = fixture.connect();
            ends.asked(ASK);
            assertThat(ends.answered(STREAM)).isEqualTo(STREAM);
            for (int n = 0; n < 3; n++) {
                String frame = chunk(frame("token", "{\"i\":" + n + ",\"t\":\"\u00c3\u00a9\"}"));
                assertThat(ends.answered(frame)).isEqualTo(frame);
            }
            assertThat(ends.answered(LAST)).isEqualTo(LAST);
            assertThat(ends.asked(ASK)).isEqualTo(ASK);
            assertThat(fixture.proxy().fired()).isZero();
        }
    }

    @Test
    void splitsFramesWhereverTheyWereCutOnTheWay() throws Exception {
        try (var fixture = new ProxyFixture(FrameChange.each("none", List::of))) {
            Ends ends = fixture.connect();
            ends.asked(ASK);
            ends.worker()
                    .write(STREAM + chunk("event: token\nda") + chunk("ta: {}\n") + chunk("\n: ping\n\nevent: end"));
            ends.worker().write(chunk("\ndata: 1\n\n") + LAST);
            assertThat(ends.client().readUntil(LAST))
                    .isEqualTo(STREAM
                            + chunk(frame("token", "{}"))
                            + chunk(": ping\n\n")
                            + chunk(frame("end", "1"))
                            + LAST);
        }
    }

    @Test
    void changesFramesAndCountsHowOftenItFired() throws Exception {
        FrameChange twoEnds = FrameChange.each("end", end -> List.of(end, end.edited(json -> json.put("a", 2))));
        try (var fixture = new ProxyFixture(twoEnds)) {
            Ends ends = fixture.connect();
            ends.asked(ASK);
            ends.worker().write(STREAM + chunk(frame("token", "{}")) + chunk(frame("end", "{\"a\":1}")) + LAST);
            assertThat(ends.client().readUntil(LAST))
                    .endsWith(chunk(frame("token", "{}"))
                            + chunk(frame("end", "{\"a\":1}"))
                            + chunk(frame("end", "{\"a\":2}"))
                            + LAST);
            assertThat(fixture.proxy().fired()).isEqualTo(1);
        }
    }

    @Test
    void leavesOtherRequestsAloneAndARefusalWhole() throws Exception {
        try (var fixture = new ProxyFixture(FrameChange.each("end", end -> List.of()))) {
            Ends ends = fixture.connect();
            String health = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
            assertThat(ends.asked(health)).isEqualTo(health);
            assertThat(ends.answered(SMALL)).isEqualTo(SMALL);
            ends.asked(ASK);
            String refusal = "HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\nContent-Type: text/plain\r\n\r\nbad";
            assertThat(ends.answered(refusal)).isEqualTo(refusal);
            assertThat(fixture.proxy().fired()).isZero();
        }
    }

    @Test
    void closesBothSidesWhereTheAnswerWasNotReadToItsEnd() throws Exception {
        TrafficChange hasty = passage -> {
            WorkerAnswer answer = passage.ask();
            passage.client().head(answer.head());
            passage.client().body(answer.nextFrame().orElseThrow().bytes());
            passage.client().end();
        };
        try (var fixture = new ProxyFixture(hasty)) {
            Ends ends = fixture.connect();
            ends.asked(ASK);
            ends.worker().write(STREAM + chunk(frame("token", "{}")) + chunk(frame("end", "{}")));
            assertThat(ends.client().readToEnd()).isEqualTo(STREAM + chunk(frame("token", "{}")) + LAST);
            ends.client().close();
            ends.worker().endsByReset();
        }
    }

    @Test
    void closesAfterAnAnswerThatSaysSo() throws Exception {
        TrafficChange closing = passage ->
                passage.client().answer(AnswerHead.json(503, "Busy").with("Connection", "close"), new byte[0]);
        try (var fixture = new ProxyFixture(closing)) {
            Ends ends = fixture.connect();
            ends.client().write(ASK);
            assertThat(ends.client().readToEnd())
                    .contains("Connection: close\r\n")
                    .contains("Content-Length: 0\r\n");
            ends.client().close();
            assertThat(ends.worker().readToEnd()).isEmpty();
        }
    }

    @Test
    void writesNoFramingWhereNoBodyMayBe() throws Exception {
        TrafficChange bodiless = passage -> {
            passage.client().head(new AnswerHead(100, "Continue", List.of()));
            passage.client().head(new AnswerHead(204, "", List.of()));
            passage.client().end();
        };
        try (var fixture = new ProxyFixture(bodiless)) {
            Ends ends = fixture.connect();
            for (int n = 0; n < 2; n++) {
                ends.client().write(ASK);
                String expected = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204\r\n\r\n";
                assertThat(ends.client().readAsMuchAs(expected)).isEqualTo(expected);
            }
        }
    }

    @Test
    void closesByAFinOrBreaksOffByAReset() throws Exception {
        TrafficChange cutting = passage -> {
            passage.client().raw("half a he".getBytes(StandardCharsets.US_ASCII));
            if (passage.request().target().equals("/execute")) {
                passage.client().close();
            } else {
                passage.client().reset();
            }
        };
        try (var fixture = new ProxyFixture(cutting)) {
            Ends closed = fixture.connect();
            closed.client().write(ASK);
            assertThat(closed.client().readToEnd()).isEqualTo("half a he");
            Ends reset = fixture.connect();
            reset.client().write(ASK.replace("/execute", "/other"));
            assertThat(reset.client().endsByReset()).isTrue();
        }
    }

    @Test
    void tellsTheFirstErrorOfAChangeAndResetsTheClient() throws Exception {
        TrafficChange faulty = passage -> {
            throw new IllegalStateException("mistake at " + passage.request().target());
        };
        try (var fixture = new ProxyFixture(faulty)) {
            for (String target : List.of("/execute", "/second")) {
                Ends ends = fixture.connect();
                ends.client().write(ASK.replace("/execute", target));
                assertThat(ends.client().endsByReset()).isTrue();
            }
            assertThat(fixture.proxy().failure())
                    .hasValueSatisfying(what -> assertThat(what)
                            .contains("IllegalStateException: mistake at /execute")
                            .contains("ChangesTest"));
        }
    }

    @Test
    void refusesToAskAgainBeforeTheAnswerIsRead() throws Exception {
        TrafficChange greedy = passage -> {
            passage.ask();
            passage.ask();
        };
        try (var fixture = new ProxyFixture(greedy)) {
            Ends ends = fixture.connect();
            ends.asked(ASK);
            ends.worker().write(SMALL.substring(0, SMALL.length() - 1));
            assertThat(ends.client().endsByReset()).isTrue();
            assertThat(fixture.proxy().failure())
                    .hasValueSatisfying(what -> assertThat(what).contains("read to its end"));
        }
    }
}
