package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Parameters that get lost or bent on their way to the model. */
final class SamplingFaults {

    private static final BigInteger TWO_TO_64 = BigInteger.TWO.pow(64);

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            Map.entry(
                    "five-stops-accepted",
                    () -> asking(stops(s -> s.size() > 4), body -> ((ArrayNode) body.path("stop")).remove(4))),
            Map.entry(
                    "empty-stop-accepted",
                    () -> asking(
                            stops(s -> valueIn(s, "")),
                            body -> ((ArrayNode) body.path("stop"))
                                    .removeIf(stop -> stop.asText().isEmpty()))),
            Map.entry("first-named-stop-wins", () -> SamplingFaults::firstNamed),
            Map.entry("seed-echoed-negative", () -> FrameChange.of(ClientRequest::asksForText, () -> signedSeed())),
            Map.entry("max-tokens-1-answers-500", () -> SamplingFaults::one),
            Map.entry("openai-max-completion-tokens-dropped", () -> dropping("max_completion_tokens")),
            Map.entry("openai-max-tokens-dropped", () -> dropping("max_tokens")),
            Map.entry("openai-seed-dropped", () -> dropping("seed")),
            Map.entry("openai-stop-dropped", () -> dropping("stop")),
            Map.entry("openai-temperature-dropped", () -> dropping("temperature")),
            Map.entry("budget-burned-without-end", () -> SamplingFaults::burned));

    private SamplingFaults() {}

    /** Asks the worker for something else where a request is such. */
    private static TrafficChange asking(Predicate<ObjectNode> which, Consumer<ObjectNode> edit) {
        return passage -> {
            ClientRequest request = passage.request();
            if (!request.asksForText() || request.json().filter(which).isEmpty()) {
                passage.relay();
                return;
            }
            passage.fired();
            Forward.whole(passage, request.edited(edit));
        };
    }

    private static TrafficChange dropping(String field) {
        return asking(body -> body.has(field), body -> body.remove(field));
    }

    private static Predicate<ObjectNode> stops(Predicate<ArrayNode> which) {
        return body -> body.path("stop") instanceof ArrayNode stops && which.test(stops);
    }

    private static boolean valueIn(ArrayNode array, String value) {
        for (JsonNode node : array) {
            if (node.asText().equals(value)) {
                return true;
            }
        }
        return false;
    }

    private static FrameChange.Changer signedSeed() {
        return (frame, fired) -> List.of(
                frame.is("started")
                        ? frame.edited(data -> {
                            BigInteger seed = data.path("seed").bigIntegerValue();
                            if (seed.bitLength() == 64) {
                                fired.run();
                                data.put("seed", seed.subtract(TWO_TO_64));
                            }
                        })
                        : frame);
    }

    /** max_tokens 1 leaves nothing after the prefill's own token, and the loop fails. */
    private static void one(Passage passage) throws IOException {
        boolean single = passage.request().asksForText()
                && passage.request()
                        .json()
                        .filter(body -> body.path("max_tokens").asInt() == 1)
                        .isPresent();
        if (!single) {
            passage.relay();
            return;
        }
        passage.fired();
        String body = "{\"code\":\"INTERNAL\",\"message\":\"The worker failed to handle the request.\","
                + "\"retriable\":false}";
        passage.client().answer(AnswerHead.json(500, "Internal Server Error"), body.getBytes(StandardCharsets.UTF_8));
    }

    /** The whole text is made first, and cut where the sequence stands that was named first. */
    private static void firstNamed(Passage passage) throws IOException {
        List<String> stops = new ArrayList<>();
        passage.request().json().ifPresent(body -> body.path("stop").forEach(stop -> stops.add(stop.asText())));
        if (!passage.request().asksForText() || stops.size() < 2 || stops.contains("") || stops.size() > 4) {
            passage.relay();
            return;
        }
        List<Frame> tokens = new ArrayList<>();
        Forward.streamed(passage, passage.request().edited(body -> body.remove("stop")), frame -> {
            if (frame.is("token")) {
                tokens.add(frame);
            } else if (frame.is("end")) {
                cut(passage, tokens, stops, frame);
            } else {
                passage.client().body(frame.bytes());
            }
        });
    }

    private static void cut(Passage passage, List<Frame> tokens, List<String> stops, Frame end) throws IOException {
        StringBuilder all = new StringBuilder();
        tokens.forEach(frame -> all.append(text(frame)));
        Optional<String> first =
                stops.stream().filter(stop -> all.indexOf(stop) >= 0).findFirst();
        int at = first.map(all::indexOf).orElse(all.length());
        if (stops.stream().anyMatch(stop -> all.indexOf(stop) >= 0 && all.indexOf(stop) < at)) {
            passage.fired();
        }
        int sent = 0;
        int count = 0;
        for (Frame frame : tokens) {
            String text = text(frame);
            String part = text.substring(0, Math.clamp(at - (long) sent, 0, text.length()));
            sent += text.length();
            count++;
            passage.client().body(frame.edited(data -> data.put("t", part)).bytes());
            if (sent >= at && first.isPresent()) {
                break;
            }
        }
        int out = count;
        passage.client()
                .body(end.edited(data -> {
                            data.put("tokens_out", out);
                            first.ifPresent(_ -> data.put("stop_reason", "stop"));
                        })
                        .bytes());
    }

    private static String text(Frame frame) {
        return frame.json().map(data -> data.path("t").asText()).orElse("");
    }

    /** A text that reached max_tokens is tried again four times behind the client's back, and has no end then. */
    private static void burned(Passage passage) throws IOException {
        boolean spent = false;
        if (!passage.request().asksForText()) {
            passage.relay();
            return;
        }
        WorkerAnswer answer = passage.ask();
        passage.client().head(answer.head());
        for (Optional<Frame> frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
            spent = frame.get().is("end") && reason(frame.get()).equals("max_tokens");
            if (!spent) {
                passage.client().body(frame.get().bytes());
            }
        }
        for (int attempt = 0; attempt < 4 && spent; attempt++) {
            passage.fired();
            String again = "-retry-" + attempt;
            passage.ask(passage.request()
                            .edited(body ->
                                    body.put("job_id", body.path("job_id").asText() + again)))
                    .allOfBody();
        }
        passage.client().end();
    }

    private static String reason(Frame end) {
        return end.json().map(data -> data.path("stop_reason").asText()).orElse("");
    }
}
