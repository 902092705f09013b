package dev.touchstone.features.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.touchstone.harness.cli.CommandFailure;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.OkHttpWorkerClient;
import dev.touchstone.harness.client.WorkerClient;
import dev.touchstone.harness.json.JsonReading;
import dev.touchstone.harness.json.JsonText;
import dev.touchstone.harness.target.Capabilities;
import dev.touchstone.harness.target.CapabilityProbe;
import dev.touchstone.harness.target.Dialect;
import dev.touchstone.harness.target.InvalidSetting;
import dev.touchstone.harness.target.OpenAiProbe;
import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.target.TargetUrl;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.Transcript;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** Asks a target what it is and which dialect it speaks, before anything is judged. */
final class TargetProbe {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Hints hints;

    TargetProbe(Hints hints) {
        this.hints = hints;
    }

    /**
     * What a person says of the target.
     *
     * @param dialect {@link Dialect#AUTO} to find out
     * @param healthPath where it is not {@code /health}
     * @param model that OpenAI-compatible requests ask for; the first listed where it is empty
     * @param contextLength in tokens, for a target that does not tell it
     * @param pid of the worker's process on this host
     * @param modelBytes bytes of all tensors of the model
     */
    record Hints(
            Optional<String> token,
            Dialect dialect,
            Optional<String> healthPath,
            Optional<String> model,
            OptionalLong contextLength,
            OptionalLong pid,
            OptionalLong modelBytes) {

        static Hints none() {
            return new Hints(
                    Optional.empty(),
                    Dialect.AUTO,
                    Optional.empty(),
                    Optional.empty(),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    OptionalLong.empty());
        }
    }

    /** Checks a URL given by a person; returns it without a trailing slash. */
    static String baseUrl(String text) {
        try {
            return TargetUrl.parse(text).toString();
        } catch (InvalidSetting e) {
            throw new CommandFailure("" + e.getMessage());
        }
    }

    /**
     * Asks for health and, unless told not to, finds out the dialect.
     *
     * @throws CommandFailure with one sentence where the target does not answer or speaks neither dialect
     */
    TargetFacts probe(String url, boolean launched, boolean healthOnly) throws InterruptedException {
        Target bare =
                Target.at(url).withHealthPath(Optional.of(hints.healthPath().orElse("/health")));
        Target target = hints.token().map(bare::withToken).orElse(bare);
        try (var client = new OkHttpWorkerClient(target, new Transcript())) {
            CapabilityProbe.Answer health = CapabilityProbe.ask(target, client);
            boolean nativeDialect = hints.dialect() != Dialect.OPENAI
                    && (hints.dialect() == Dialect.NATIVE || healthOnly || speaksNative(health, client));
            if (nativeDialect) {
                return nativeFacts(target, health, launched, healthOnly ? Optional.empty() : openAi(client));
            }
            Optional<OpenAiProbe.Found> openAi = openAi(client);
            boolean unclear = openAi.isEmpty() && hints.dialect() == Dialect.AUTO;
            // Who answers for its health and speaks no other dialect is judged by the contract's own.
            return unclear && health instanceof CapabilityProbe.Found
                    ? nativeFacts(target, health, launched, openAi)
                    : openAiFacts(target, health, launched, openAi);
        }
    }

    private Optional<OpenAiProbe.Found> openAi(WorkerClient client) throws InterruptedException {
        return new OpenAiProbe(client, LIMIT).ask(hints.model());
    }

    /** Health may be broken and the dialect still be the contract's; so the route for jobs is asked too. */
    private static boolean speaksNative(CapabilityProbe.Answer health, WorkerClient client)
            throws InterruptedException {
        if (health instanceof CapabilityProbe.Found found
                && found.capabilities().model().isPresent()
                && found.capabilities().resident().isPresent()) {
            return true;
        }
        Exchange refused = client.send(Call.postJson("probe the dialect", "/execute", "{}"), LIMIT);
        if (refused.end() instanceof BodyEnd.Cut) {
            return health instanceof CapabilityProbe.Found;
        }
        boolean absent = refused.status() == 404 || refused.status() == 405 || refused.status() == 501;
        return !absent
                && JsonText.parse(refused.bodyText()) instanceof JsonReading.Value value
                && value.node().has("code");
    }

    private TargetFacts nativeFacts(
            Target target, CapabilityProbe.Answer health, boolean launched, Optional<OpenAiProbe.Found> openAi) {
        Capabilities said = switch (health) {
            case CapabilityProbe.Found found -> found.capabilities();
            case CapabilityProbe.Failed failed -> throw new CommandFailure(failed.reason());
        };
        Target whole = openAi.map(found -> target.withOpenAi(found.wire())).orElse(target);
        return new TargetFacts(whole, known(said), launched, json(said.healthJson()));
    }

    private TargetFacts openAiFacts(
            Target target, CapabilityProbe.Answer health, boolean launched, Optional<OpenAiProbe.Found> openAi) {
        if (openAi.isEmpty()) {
            throw new CommandFailure(
                    health instanceof CapabilityProbe.Failed failed && hints.dialect() == Dialect.AUTO
                            ? failed.reason()
                            : target.baseUrl()
                                    + " speaks no dialect that is known: GET /v1/models names no model that /v1/completions or"
                                    + " /v1/chat/completions serves, and POST /execute is not the contract's; --model names one.");
        }
        Capabilities said = health instanceof CapabilityProbe.Found found
                ? found.capabilities()
                : Capabilities.of(JsonNodeFactory.instance.objectNode(), "{}");
        Optional<String> path =
                isHealthRoute(health) || hints.healthPath().isPresent() ? target.healthPath() : Optional.empty();
        OpenAiProbe.Found found = openAi.get();
        return new TargetFacts(
                target.withOpenAi(found.wire()).withWire(found.wire()).withHealthPath(path),
                known(said).or(Optional.of(found.wire().model()), found.contextLength()),
                launched,
                json(said.healthJson()));
    }

    private static boolean isHealthRoute(CapabilityProbe.Answer health) {
        return health instanceof CapabilityProbe.Found
                || (health instanceof CapabilityProbe.Failed failed && failed.status() == 200);
    }

    private Capabilities known(Capabilities said) {
        return hints.contextLength().isPresent()
                ? said.withContextLength(hints.contextLength().getAsLong())
                : said;
    }

    private static JsonNode json(String health) {
        return JsonText.parse(health) instanceof JsonReading.Value value
                ? value.node()
                : JsonNodeFactory.instance.objectNode();
    }
}
