package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;

/** The started event leaves when the request is accepted, whenever the engine may take the job. */
final class StartedAtAccept implements TrafficChange {

    /** As an earlier stream named it: before one there is nothing to make a started event of. */
    private volatile Optional<String> model = Optional.empty();

    private final StreamChange streams = StreamChange.of(this::pass);

    @Override
    public void handle(Passage passage) throws IOException, InterruptedException {
        streams.handle(passage);
    }

    private void pass(Passage passage, WorkerAnswer answer) throws IOException {
        passage.client().head(answer.head());
        Optional<String> known = model;
        if (known.isPresent()) {
            passage.fired();
            passage.client().body(started(passage.request(), known.get()).bytes());
        }
        for (Optional<Frame> frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
            if (frame.get().is("started")) {
                frame.get()
                        .json()
                        .ifPresent(s -> model = Optional.of(s.path("model").asText()));
                if (known.isPresent()) {
                    continue;
                }
            }
            passage.client().body(frame.get().bytes());
        }
        passage.client().end();
    }

    private static Frame started(ClientRequest request, String model) {
        ObjectNode asked = request.json().orElseGet(JsonNodeFactory.instance::objectNode);
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.put("job_id", asked.path("job_id").asText());
        data.put("model", model);
        data.put("started_at", Instant.now().toString());
        data.put("seed", asked.has("seed") ? asked.path("seed").bigIntegerValue() : BigInteger.ZERO);
        return Frame.of("started", data.toString());
    }
}
