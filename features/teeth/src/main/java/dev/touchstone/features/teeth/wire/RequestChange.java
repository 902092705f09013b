package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A change of requests before the worker gets them; the answers pass as they come. */
final class RequestChange implements TrafficChange {

    private static final int PIECE = 8 * 1024;

    private final UnaryOperator<ClientRequest> change;

    private RequestChange(UnaryOperator<ClientRequest> change) {
        this.change = change;
    }

    /** @param change returns the very same request where it is to stay as it is */
    static RequestChange of(UnaryOperator<ClientRequest> change) {
        return new RequestChange(change);
    }

    /** Some members of the JSON of POST requests below /v1 never reach the worker. */
    static RequestChange without(String... members) {
        return of(request -> OpenAiTraffic.asks(request)
                        && request.json()
                                .filter(json -> Stream.of(members).anyMatch(json::has))
                                .isPresent()
                ? request.edited(json -> json.remove(List.of(members)))
                : request);
    }

    @Override
    public void handle(Passage passage) throws IOException {
        ClientRequest changed = change.apply(passage.request());
        if (changed == passage.request()) {
            passage.relay();
            return;
        }
        passage.fired();
        passOn(passage, passage.ask(changed));
    }

    /** Passes an answer on as it comes, framed anew. */
    static void passOn(Passage passage, WorkerAnswer answer) throws IOException {
        ClientSide client = passage.client();
        client.head(answer.head());
        byte[] piece = new byte[PIECE];
        for (int read = answer.body().read(piece);
                read >= 0;
                read = answer.body().read(piece)) {
            client.body(Arrays.copyOf(piece, read));
        }
        client.end();
    }
}
