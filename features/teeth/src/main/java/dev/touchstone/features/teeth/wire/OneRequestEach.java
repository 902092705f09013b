package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A change under which no connection serves a second request (RFC 9112, section 9.6), so that each request goes to the
 * worker that is free.
 */
public record OneRequestEach(TrafficChange change) implements TrafficChange {

    @Override
    public void handle(Passage passage) throws IOException, InterruptedException {
        change.handle(new Closing(passage));
    }

    /** A passage that asks the worker to close. */
    private record Closing(Passage passage) implements Passage {
        @Override
        public ClientRequest request() {
            return passage.request();
        }

        @Override
        public void relay() throws IOException {
            WorkerAnswer answer = ask(request());
            client().head(answer.head());
            byte[] part = new byte[8192];
            for (int read = answer.body().read(part);
                    read >= 0;
                    read = answer.body().read(part)) {
                client().body(Arrays.copyOf(part, read));
            }
            client().end();
        }

        @Override
        public WorkerAnswer ask(ClientRequest request) throws IOException {
            List<HeaderLine> headers = new ArrayList<>(request.headers().stream()
                    .filter(header -> !header.is("Connection"))
                    .toList());
            headers.add(new HeaderLine("Connection", "close"));
            return passage.ask(new ClientRequest(request.method(), request.target(), headers, request.body()));
        }

        @Override
        public ClientSide client() {
            return passage.client();
        }

        @Override
        public void fired() {
            passage.fired();
        }

        @Override
        public void pause(Duration time) throws IOException, InterruptedException {
            passage.pause(time);
        }
    }
}
