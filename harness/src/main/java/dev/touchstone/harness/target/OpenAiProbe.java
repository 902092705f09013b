package dev.touchstone.harness.target;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.OpenAiWire;
import dev.touchstone.harness.client.WorkerClient;
import dev.touchstone.harness.json.JsonReading;
import dev.touchstone.harness.json.JsonText;
import dev.touchstone.harness.transcript.Exchange;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds out whether a target speaks the OpenAI dialect, by which route it gives text and what it says of its model. Costs
 * {@code GET /v1/models} and, where that answers, a generation of one token or two.
 */
public final class OpenAiProbe {
    /** Answers of a server that has no such route. */
    private static final Set<Integer> ABSENT = Set.of(404, 405, 501);

    /** Names by which servers tell the context length in their list of models; none is in OpenAI's reference. */
    private static final List<String> CONTEXT_NAMES = List.of(
            "/max_model_len",
            "/context_length",
            "/context_window",
            "/max_context_length",
            "/n_ctx",
            "/meta/n_ctx",
            "/meta/n_ctx_train");

    private final WorkerClient client;
    private final Duration limit;

    /** @param limit for one request */
    public OpenAiProbe(WorkerClient client, Duration limit) {
        this.client = client;
        this.limit = limit;
    }

    /**
     * What was found.
     *
     * @param contextLength in tokens, where the list of models tells it
     */
    public record Found(OpenAiWire wire, OptionalLong contextLength) {}

    /** @param model to ask for; the first that the target lists where none is given */
    public Optional<Found> ask(Optional<String> model) throws InterruptedException {
        Exchange models = client.send(Call.get("models", "/v1/models"), limit);
        if (models.status() != 200 && model.isEmpty()) {
            return Optional.empty();
        }
        List<JsonNode> listed = listed(models);
        Optional<String> name = model.or(() -> listed.stream()
                .map(m -> m.path("id").asText(""))
                .filter(id -> !id.isEmpty())
                .findFirst());
        if (name.isEmpty()) {
            return Optional.empty();
        }
        OptionalLong context = listed.stream()
                .filter(m -> m.path("id").asText("").equals(name.get()))
                .flatMap(OpenAiProbe::contexts)
                .mapToLong(Long::longValue)
                .findFirst();
        return wire(name.get()).map(wire -> new Found(wire, context));
    }

    private Optional<OpenAiWire> wire(String model) throws InterruptedException {
        for (OpenAiWire.Route route : OpenAiWire.Route.values()) {
            int status = status(new OpenAiWire(model, route, true));
            if (status == 200) {
                return Optional.of(new OpenAiWire(model, route, true));
            }
            if (status == 400 || status == 422) {
                // Perhaps it does not know stream_options.
                return Optional.of(new OpenAiWire(model, route, status(new OpenAiWire(model, route, false)) != 200));
            }
            if (!ABSENT.contains(status)) {
                return Optional.of(new OpenAiWire(model, route, true));
            }
        }
        return Optional.empty();
    }

    private int status(OpenAiWire wire) throws InterruptedException {
        GenerationRequest request = GenerationRequest.greedy("touchstone-probe", "1 2 3 4 1 2 3", 1);
        return client.send(wire.call("probe the dialect", request), limit).status();
    }

    private static List<JsonNode> listed(Exchange models) {
        return JsonText.parse(models.bodyText()) instanceof JsonReading.Value value
                ? value.node().path("data").valueStream().toList()
                : List.of();
    }

    private static Stream<Long> contexts(JsonNode model) {
        return CONTEXT_NAMES.stream()
                .map(model::at)
                .filter(n -> n.isIntegralNumber() && n.canConvertToLong() && n.longValue() > 0)
                .map(JsonNode::longValue);
    }
}
