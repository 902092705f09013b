package dev.touchstone.features.teeth.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.features.teeth.wire.AnswerHead;
import dev.touchstone.features.teeth.wire.ClientRequest;
import dev.touchstone.features.teeth.wire.ClientSide;
import dev.touchstone.features.teeth.wire.Frame;
import dev.touchstone.features.teeth.wire.HeaderLine;
import dev.touchstone.features.teeth.wire.Passage;
import dev.touchstone.features.teeth.wire.WorkerAnswer;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PretendedGpuTest {

    private static final AnswerHead STREAM =
            new AnswerHead(200, "OK", List.of(new HeaderLine("Content-Type", "text/event-stream")));
    private static final List<Frame> FRAMES = List.of(
            Frame.of("started", "{}"),
            Frame.of("token", "{\"t\":\"a\"}"),
            Frame.of("token", "{\"t\":\"b\"}"),
            Frame.of("token", "{\"t\":\"c\"}"),
            Frame.of("end", "{}"));

    private final AtomicLong now = new AtomicLong();
    private final Served served = new Served();
    private final PretendedGpu gpu = new PretendedGpu(() -> 4_840_226_816L, 10, served, now::get);

    private static ClientRequest request(String method, String path, String body) {
        return new ClientRequest(method, path, List.of(), body.getBytes(StandardCharsets.UTF_8));
    }

    /** A passage whose time goes on only while it waits. */
    private final class Passed implements Passage, WorkerAnswer, ClientSide {
        private final ClientRequest request;
        private final AnswerHead head;
        private final String body;
        private final Deque<Frame> frames;
        private final StringBuilder sent = new StringBuilder();
        private final List<Duration> pauses = new ArrayList<>();
        private boolean relayed;

        Passed(ClientRequest request, AnswerHead head, String body, List<Frame> frames) {
            this.request = request;
            this.head = head;
            this.body = body;
            this.frames = new ArrayDeque<>(frames);
        }

        @Override
        public ClientRequest request() {
            return request;
        }

        @Override
        public void relay() {
            relayed = true;
        }

        @Override
        public WorkerAnswer ask(ClientRequest asked) {
            return this;
        }

        @Override
        public ClientSide client() {
            return this;
        }

        @Override
        public void fired() {
            throw new IllegalStateException("the recording is what fires");
        }

        @Override
        public void pause(Duration time) {
            pauses.add(time);
            now.addAndGet(time.toNanos());
        }

        @Override
        public AnswerHead head() {
            return head;
        }

        @Override
        public InputStream body() {
            return new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public Optional<Frame> nextFrame() {
            return Optional.ofNullable(frames.poll());
        }

        @Override
        public void head(AnswerHead ignored) {}

        @Override
        public void body(byte[] part) {
            sent.append(new String(part, StandardCharsets.UTF_8));
        }

        @Override
        public void end() {}

        @Override
        public void raw(byte[] bytes) {}

        @Override
        public void close() {}

        @Override
        public void reset() {}
    }

    private Passed pass(ClientRequest request, AnswerHead head, String body, List<Frame> frames) throws Exception {
        var passed = new Passed(request, head, body, frames);
        gpu.handle(passed);
        return passed;
    }

    @Test
    void healthClaimsTheGpu() throws Exception {
        Passed health = pass(
                request("GET", "/health", ""),
                AnswerHead.json(200, "OK"),
                "{\"resident\":false,\"vram_bytes_used\":0,\"model\":\"m\"}",
                List.of());
        assertThat(health.sent)
                .hasToString("{\"resident\":true,\"vram_bytes_used\":4840226816,\"model\":\"m\",\"gpu_device\":0,"
                        + "\"sm\":90,\"cuda_runtime_version\":\"13.0\"}");
    }

    @Test
    void tokensComeAtTheRecordedPace() throws Exception {
        Passed stream = pass(request("POST", "/execute", "{\"job_id\":\"j\"}"), STREAM, "", FRAMES);
        assertThat(stream.pauses)
                .containsExactly(Duration.ofMillis(100), Duration.ofMillis(100), Duration.ofMillis(100));
        assertThat(stream.sent).hasToString(FRAMES.stream().map(Frame::text).reduce("", String::concat));
    }

    @Test
    void whatIsLeftOfACancelledJobComesAtOnce() throws Exception {
        Passed cancel = pass(
                request("POST", "/cancel", "{\"job_id\":\"j\"}"), AnswerHead.json(202, "Accepted"), "{}", List.of());
        assertThat(cancel.relayed).isTrue();
        assertThat(pass(request("POST", "/execute", "{\"job_id\":\"j\"}"), STREAM, "", FRAMES).pauses)
                .isEmpty();
        assertThat(pass(request("POST", "/execute", "{\"job_id\":\"k\"}"), STREAM, "", FRAMES).pauses)
                .hasSize(3);
    }

    @Test
    void countsWhatIsServed() throws Exception {
        for (String prompt : List.of("a", "b", "a")) {
            pass(request("POST", "/execute", "{\"job_id\":\"j\",\"prompt\":\"" + prompt + "\"}"), STREAM, "", FRAMES);
        }
        var cancel = request("POST", "/cancel", "{\"job_id\":\"j\"}");
        pass(cancel, AnswerHead.json(202, "Accepted"), "{}", List.of());
        pass(cancel, AnswerHead.json(202, "Accepted"), "{}", List.of());
        pass(request("POST", "/execute", "{}"), AnswerHead.json(400, "Bad Request"), "{}", List.of());
        assertThat(served.tokens()).isEqualTo(9);
        assertThat(served.jobs()).isEqualTo(3);
        assertThat(served.prompts()).isEqualTo(2);
        assertThat(served.cancels()).isEqualTo(1);
        assertThat(Drive.TOKENS.nanos(Made.recording(), served).getAsLong()).isEqualTo(90_000_000);
        assertThat(Drive.JOBS.nanos(Made.recording(), served).getAsLong()).isEqualTo(3 * Drive.TURN);
        assertThat(Drive.PROMPTS.nanos(Made.recording(), served).getAsLong()).isEqualTo(2 * Drive.TURN);
        assertThat(Drive.CANCELS.nanos(Made.recording(), served).getAsLong()).isEqualTo(Drive.TURN);
    }

    @Test
    void refusalsPassAsTheyAre() throws Exception {
        Passed refused =
                pass(request("POST", "/execute", "{}"), AnswerHead.json(400, "Bad Request"), "{\"code\":1}", List.of());
        assertThat(refused.sent).hasToString("{\"code\":1}");
        assertThat(refused.pauses).isEmpty();
    }
}
