package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

/**
 * A worker that makes something valid of a request which it should refuse, or something else of one that it should serve:
 * the request is changed before the real worker sees it, and the answer passes as it is.
 */
final class Repair implements TrafficChange {

    private static final int BUFFER = 8192;

    /** Changes the JSON of a request for text in place. */
    @FunctionalInterface
    interface Edit {
        /** Returns whether it changed anything. */
        boolean apply(ObjectNode body);
    }

    private final Function<ClientRequest, Optional<ClientRequest>> repaired;

    private Repair(Function<ClientRequest, Optional<ClientRequest>> repaired) {
        this.repaired = repaired;
    }

    /** @param repaired the request that the worker sees instead; empty where it sees the one that came */
    static Repair of(Function<ClientRequest, Optional<ClientRequest>> repaired) {
        return new Repair(repaired);
    }

    /** Changes the JSON of requests for text. */
    static Repair json(Edit edit) {
        return of(request -> {
            Optional<ObjectNode> json = request.asksForText() ? request.json() : Optional.empty();
            return json.filter(edit::apply)
                    .map(changed -> request.withBody(changed.toString().getBytes(StandardCharsets.UTF_8)));
        });
    }

    /** Changes the bodies of requests for text as text; the same text is no change. */
    static Repair text(Function<String, String> edit) {
        return of(request -> {
            String body = new String(request.body(), StandardCharsets.UTF_8);
            return Optional.of(edit.apply(body))
                    .filter(changed -> request.asksForText() && !changed.equals(body))
                    .map(changed -> request.withBody(changed.getBytes(StandardCharsets.UTF_8)));
        });
    }

    @Override
    public void handle(Passage passage) throws IOException {
        Optional<ClientRequest> other = repaired.apply(passage.request());
        if (other.isEmpty()) {
            passage.relay();
            return;
        }
        passage.fired();
        pass(passage.ask(other.get()), passage.client());
    }

    /** Passes an answer on, each part as soon as it is there. */
    static void pass(WorkerAnswer answer, ClientSide client) throws IOException {
        client.head(answer.head());
        InputStream body = answer.body();
        byte[] buffer = new byte[BUFFER];
        for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
            client.body(Arrays.copyOf(buffer, n));
        }
        client.end();
    }
}
