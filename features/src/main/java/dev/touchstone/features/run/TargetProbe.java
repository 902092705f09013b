package dev.touchstone.features.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.harness.cli.CommandFailure;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.OkHttpWorkerClient;
import dev.touchstone.harness.json.JsonReading;
import dev.touchstone.harness.json.JsonText;
import dev.touchstone.harness.target.CapabilityProbe;
import dev.touchstone.harness.target.InvalidSetting;
import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.target.TargetUrl;
import dev.touchstone.harness.transcript.Transcript;
import java.time.Duration;
import java.util.Optional;

/** Asks a target what it is, before anything is judged. */
final class TargetProbe {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    /** Checks a URL given by a person; returns it without a trailing slash. */
    static String baseUrl(String text) {
        try {
            return TargetUrl.parse(text).toString();
        } catch (InvalidSetting e) {
            throw new CommandFailure("" + e.getMessage());
        }
    }

    /** Asks {@code /health} and, unless told not to, {@code /v1/models}. */
    TargetFacts probe(String url, Optional<String> token, boolean launched, boolean healthOnly)
            throws InterruptedException {
        Target target = token.map(Target.at(url)::withToken).orElseGet(() -> Target.at(url));
        try (var client = new OkHttpWorkerClient(target, new Transcript())) {
            JsonNode health = switch (CapabilityProbe.ask(target, client)) {
                case CapabilityProbe.Found found -> json(found.capabilities().healthJson());
                case CapabilityProbe.Failed failed -> throw new CommandFailure(failed.reason());
            };
            boolean openai = !healthOnly
                    && client.send(Call.get("models", "/v1/models"), LIMIT).status() == 200;
            return new TargetFacts(
                    url,
                    health.path("model").asText("unknown"),
                    health.path("resident").asBoolean(false),
                    openai,
                    launched,
                    health);
        }
    }

    private static JsonNode json(String health) {
        if (JsonText.parse(health) instanceof JsonReading.Value value) {
            return value.node();
        }
        throw new CommandFailure("/health answered something else than JSON.");
    }
}
