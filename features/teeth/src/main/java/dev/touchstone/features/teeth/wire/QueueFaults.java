package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Several requests at once served otherwise than promised. */
final class QueueFaults {

    private static final Duration FOREVER = Duration.ofMinutes(5);

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            Map.entry("prefill-blocks-streams", PrefillBlocks::new),
            Map.entry(
                    "full-queue-resets",
                    () -> whenBusy((passage, _) -> passage.client().reset())),
            Map.entry("full-queue-silent", () -> whenBusy((passage, _) -> passage.pause(FOREVER))),
            Map.entry(
                    "full-queue-waits",
                    () -> whenBusy((passage, busy) -> {
                        passage.pause(Duration.ofSeconds(3));
                        passage.client().answer(busy.head(), busy.allOfBody());
                    })),
            Map.entry(
                    "full-queue-500",
                    () -> whenBusy((passage, busy) -> passage.client()
                            .answer(busy.head().withStatus(500, "Internal Server Error"), busy.allOfBody()))),
            Map.entry(
                    "busy-without-retry-after",
                    () -> whenBusy((passage, busy) ->
                            passage.client().answer(busy.head().without("Retry-After"), busy.allOfBody()))),
            Map.entry(
                    "busy-not-retriable",
                    () -> whenBusy((passage, busy) -> passage.client()
                            .answer(
                                    busy.head(),
                                    new String(busy.allOfBody())
                                            .replace("\"retriable\":true", "\"retriable\":false")
                                            .getBytes()))),
            Map.entry("events-interleaved", EventsInterleaved::new),
            Map.entry("prompt-buffer-shared", PromptBufferShared::new),
            Map.entry("text-buffer-shared", TextBufferShared::new));

    private QueueFaults() {}

    /** What is done where the worker says that it is busy. */
    private interface Busy {
        void answer(Passage passage, WorkerAnswer busy) throws IOException, InterruptedException;
    }

    private static TrafficChange whenBusy(Busy instead) {
        return passage -> {
            if (!passage.request().asksForText()) {
                passage.relay();
                return;
            }
            WorkerAnswer answer = passage.ask();
            if (answer.head().status() == 503) {
                passage.fired();
                instead.answer(passage, answer);
            } else {
                pass(answer, passage.client(), frame -> frame);
            }
        };
    }

    private static void pass(WorkerAnswer answer, ClientSide client, UnaryOperator<Frame> change) throws IOException {
        client.head(answer.head());
        if (answer.head().isEventStream()) {
            for (Optional<Frame> frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
                client.body(change.apply(frame.get()).bytes());
            }
        } else {
            client.body(answer.allOfBody());
        }
        client.end();
    }

    /** Who comes while another is served finds that one's prompt in the buffer. */
    private static final class PromptBufferShared implements TrafficChange {
        private final AtomicInteger underWay = new AtomicInteger();
        private volatile String buffer = "";

        @Override
        public void handle(Passage passage) throws IOException {
            if (!passage.request().asksForText()) {
                passage.relay();
                return;
            }
            try {
                if (underWay.getAndIncrement() == 0) {
                    buffer = passage.request()
                            .json()
                            .map(json -> json.path("prompt").asText())
                            .orElse("");
                    passage.relay();
                } else {
                    String other = buffer;
                    passage.fired();
                    pass(
                            passage.ask(passage.request().edited(json -> json.put("prompt", other))),
                            passage.client(),
                            frame -> frame);
                }
            } finally {
                underWay.decrementAndGet();
            }
        }
    }

    /** The text of a stream that ends while another waits is left in the buffer, and the next begins with it. */
    private static final class TextBufferShared implements TrafficChange {
        private final AtomicInteger underWay = new AtomicInteger();
        private final AtomicReference<String> left = new AtomicReference<>("");

        @Override
        public void handle(Passage passage) throws IOException {
            if (!passage.request().asksForText()) {
                passage.relay();
                return;
            }
            underWay.incrementAndGet();
            try {
                StringBuilder own = new StringBuilder();
                pass(passage.ask(), passage.client(), frame -> {
                    String text =
                            frame.json().map(json -> json.path("t").asText()).orElse("");
                    Frame sent = frame.is("token") && own.isEmpty() ? begun(frame, passage) : frame;
                    own.append(text);
                    if (frame.isTerminal() && underWay.get() > 1) {
                        left.set(own.substring(own.length() / 2));
                    }
                    return sent;
                });
            } finally {
                underWay.decrementAndGet();
            }
        }

        private Frame begun(Frame frame, Passage passage) {
            String other = left.getAndSet("");
            if (other.isEmpty()) {
                return frame;
            }
            passage.fired();
            return frame.edited(
                    (ObjectNode json) -> json.put("t", other + json.path("t").asText()));
        }
    }

    /** Who waited for another has an event of that one's before its own. */
    private static final class EventsInterleaved implements TrafficChange {
        private final AtomicInteger underWay = new AtomicInteger();
        private final AtomicReference<Optional<Frame>> latest = new AtomicReference<>(Optional.empty());

        @Override
        public void handle(Passage passage) throws IOException {
            if (!passage.request().asksForText()) {
                passage.relay();
                return;
            }
            boolean waits = underWay.getAndIncrement() > 0;
            try {
                pass(passage.ask(), passage.client(), frame -> {
                    if (frame.is("started") && waits) {
                        return latest.getAndSet(Optional.empty())
                                .map(other -> {
                                    passage.fired();
                                    return frame.writtenAs(frame.text() + other.text());
                                })
                                .orElse(frame);
                    }
                    if (frame.is("token")) {
                        latest.set(Optional.of(frame));
                    }
                    return frame;
                });
            } finally {
                underWay.decrementAndGet();
            }
        }
    }
}
