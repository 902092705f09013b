package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A change under which no connection serves a second request (RFC 9112, section 9.6), so that each request goes to the
 * worker that is free, and streams come at a modest pace.
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
            if (answer.head().isEventStream()) {
                for (var frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
                    client().body(frame.get().bytes());
                }
            } else {
                client().body(answer.allOfBody());
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
            return new Paced(passage.client());
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

    /** A client's side that gets at most some 500 parts a second, so that a text lasts while a prompt is read. */
    private record Paced(ClientSide client) implements ClientSide {
        private static final long BETWEEN_NANOS = 2_000_000;

        @Override
        public void head(AnswerHead head) throws IOException {
            client.head(head);
        }

        @Override
        public void body(byte[] part) throws IOException {
            client.body(part);
            LockSupport.parkNanos(BETWEEN_NANOS);
        }

        @Override
        public void end() throws IOException {
            client.end();
        }

        @Override
        public void raw(byte[] bytes) throws IOException {
            client.raw(bytes);
        }

        @Override
        public void close() throws IOException {
            client.close();
        }

        @Override
        public void reset() throws IOException {
            client.reset();
        }
    }
}
