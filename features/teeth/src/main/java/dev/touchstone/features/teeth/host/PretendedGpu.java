package dev.touchstone.features.teeth.host;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.features.teeth.wire.ClientRequest;
import dev.touchstone.features.teeth.wire.ClientSide;
import dev.touchstone.features.teeth.wire.Frame;
import dev.touchstone.features.teeth.wire.Passage;
import dev.touchstone.features.teeth.wire.TrafficChange;
import dev.touchstone.features.teeth.wire.WorkerAnswer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Makes a worker on the CPU look like the one that was recorded: health claims the GPU, and tokens come as quickly as
 * they came there, or as quickly as the worker can.
 */
final class PretendedGpu implements TrafficChange {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double SECOND = 1e9;

    private final LongSupplier claimedBytes;
    private final long stepNanos;
    private final Served served;
    private final LongSupplier nanoTime;
    /** Jobs that somebody cancelled: what is left of them comes at once. */
    private final Set<String> cancelled = ConcurrentHashMap.newKeySet();

    /**
     * @param claimedBytes what health says of {@code vram_bytes_used}
     * @param stepsPerSecond tokens; 0 where they come as they come
     * @param served is told of what passes
     * @param nanoTime monotonic
     */
    PretendedGpu(LongSupplier claimedBytes, double stepsPerSecond, Served served, LongSupplier nanoTime) {
        this.claimedBytes = claimedBytes;
        this.stepNanos = stepsPerSecond > 0 ? (long) (SECOND / stepsPerSecond) : 0;
        this.served = served;
        this.nanoTime = nanoTime;
    }

    @Override
    public void handle(Passage passage) throws IOException, InterruptedException {
        ClientRequest request = passage.request();
        if (request.is("GET", "/health")) {
            health(passage);
        } else if (request.asksForText()) {
            paced(passage);
        } else {
            if (request.is("POST", "/cancel")) {
                text(request, "job_id").filter(cancelled::add).ifPresent(_ -> served.cancel());
            }
            passage.relay();
        }
    }

    private void health(Passage passage) throws IOException {
        WorkerAnswer answer = passage.ask();
        byte[] body = answer.allOfBody();
        passage.client().answer(answer.head(), claiming(body));
    }

    private byte[] claiming(byte[] body) {
        try {
            JsonNode node = JSON.readTree(new String(body, StandardCharsets.UTF_8));
            if (!(node instanceof ObjectNode said)) {
                return body;
            }
            said.put("resident", true).put("vram_bytes_used", claimedBytes.getAsLong());
            said.put("gpu_device", 0).put("sm", 90).put("cuda_runtime_version", "13.0");
            return said.toString().getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            return body;
        }
    }

    private void paced(Passage passage) throws IOException, InterruptedException {
        WorkerAnswer answer = passage.ask();
        ClientSide client = passage.client();
        client.head(answer.head());
        if (!answer.head().isEventStream()) {
            client.body(answer.allOfBody());
            client.end();
            return;
        }
        String job = text(passage.request(), "job_id").orElse("");
        long due = nanoTime.getAsLong();
        for (Optional<Frame> frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
            if (isToken(frame.get())) {
                // a worker that is late is not made up for: a token is one step at least
                due = Math.max(due + stepNanos, nanoTime.getAsLong() - stepNanos);
                await(passage, due, job);
                served.token();
            }
            client.body(frame.get().bytes());
        }
        served.job(text(passage.request(), "prompt").orElse(""));
        client.end();
    }

    private void await(Passage passage, long due, String job) throws IOException, InterruptedException {
        long left = due - nanoTime.getAsLong();
        if (left > 0 && !cancelled.contains(job)) {
            passage.pause(Duration.ofNanos(left));
        }
    }

    /** In the OpenAI dialect no event is named, and nearly every chunk is a token. */
    private static boolean isToken(Frame frame) {
        return frame.is("token") || (frame.event().isEmpty() && !frame.data().isEmpty() && !frame.isTerminal());
    }

    private static Optional<String> text(ClientRequest request, String member) {
        return request.json()
                .map(json -> json.path(member))
                .filter(JsonNode::isTextual)
                .map(JsonNode::asText);
    }
}
