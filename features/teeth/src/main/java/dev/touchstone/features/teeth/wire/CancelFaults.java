package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/** Cancellation and disconnects treated otherwise than promised. */
final class CancelFaults {

    private static final Duration LATE = Duration.ofMillis(400);

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            Map.entry("cancel-not-done", () -> onCancel(passage -> accept(passage, 202, "{}"))),
            Map.entry(
                    "cancel-done-late",
                    () -> onCancel(passage -> {
                        passage.pause(LATE);
                        passage.relay();
                    })),
            Map.entry("cancelled-stream-cut", () -> new Terminal(_ -> List.of(), true)),
            Map.entry(
                    "cancelled-job-ends-well",
                    () -> new Terminal(
                            _ -> List.of(
                                    Frame.of(
                                            "end",
                                            "{\"tokens_out\":1,\"tokens_in\":1,\"decode_time_ms\":1.0,\"stop_reason\":\"stop\"}")),
                            false)),
            Map.entry("cancel-of-no-job-404", CancelOfNoJob::new),
            Map.entry("second-cancel-500", SecondCancel::new),
            Map.entry(
                    "cancel-without-id-taken",
                    () -> onCancel(passage -> {
                        if (jobId(passage.request()).isEmpty()) {
                            accept(passage, 202, "{}");
                        } else {
                            passage.relay();
                        }
                    })));

    private CancelFaults() {}

    /** Does with a cancel what it does wrong, and says that it fired; all else passes. */
    private interface Cancelling {
        void handle(Passage passage) throws IOException, InterruptedException;
    }

    private static TrafficChange onCancel(Cancelling cancelling) {
        return passage -> {
            if (isCancel(passage.request())) {
                passage.fired();
                cancelling.handle(passage);
            } else {
                passage.relay();
            }
        };
    }

    private static boolean isCancel(ClientRequest request) {
        return request.is("POST", "/cancel");
    }

    private static String jobId(ClientRequest request) {
        return request.json()
                .map(json -> json.path("job_id"))
                .filter(JsonNode::isTextual)
                .map(JsonNode::textValue)
                .orElse("");
    }

    private static void accept(Passage passage, int status, String body) throws IOException {
        passage.client().answer(AnswerHead.json(status, status == 202 ? "Accepted" : "Wrong"), body.getBytes());
    }

    /** Something else in the place of the last event of a cancelled job. */
    private record Terminal(Function<Frame, List<Frame>> instead, boolean cut) implements TrafficChange {
        @Override
        public void handle(Passage passage) throws IOException {
            if (!passage.request().asksForText()) {
                passage.relay();
                return;
            }
            WorkerAnswer answer = passage.ask();
            ClientSide client = passage.client();
            client.head(answer.head());
            for (var frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
                boolean cancelled =
                        frame.get().is("error") && frame.get().data().contains("CANCELLED");
                if (cancelled) {
                    passage.fired();
                }
                for (Frame sent : cancelled ? instead.apply(frame.get()) : List.of(frame.get())) {
                    client.body(sent.bytes());
                }
                if (cancelled && cut) {
                    client.close();
                    return;
                }
            }
            client.end();
        }
    }

    /** A cancel of a job that is over or never was is answered 404. */
    private static final class CancelOfNoJob implements TrafficChange {
        private final Set<String> live = ConcurrentHashMap.newKeySet();

        @Override
        public void handle(Passage passage) throws IOException {
            String id = jobId(passage.request());
            if (passage.request().asksForText()) {
                live.add(id);
                try {
                    passage.relay();
                } finally {
                    live.remove(id);
                }
            } else if (isCancel(passage.request()) && !id.isEmpty() && !live.contains(id)) {
                passage.fired();
                accept(
                        passage,
                        404,
                        "{\"code\":\"INVALID_REQUEST\",\"message\":\"There is no such job.\",\"retriable\":false}");
            } else {
                passage.relay();
            }
        }
    }

    /** Whoever cancels a job again meets what the first cancel left of it. */
    private static final class SecondCancel implements TrafficChange {
        private final Set<String> cancelled = ConcurrentHashMap.newKeySet();

        @Override
        public void handle(Passage passage) throws IOException {
            String id = jobId(passage.request());
            if (isCancel(passage.request()) && !id.isEmpty() && !cancelled.add(id)) {
                passage.fired();
                accept(passage, 500, "{\"code\":\"INTERNAL\",\"message\":\"The job is gone.\",\"retriable\":false}");
            } else {
                passage.relay();
            }
        }
    }
}
