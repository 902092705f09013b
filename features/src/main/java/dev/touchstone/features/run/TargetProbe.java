package dev.touchstone.features.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.harness.cli.CommandFailure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** Asks a target what it is, before anything is judged. */
final class TargetProbe {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(LIMIT)
            .build();

    /** Checks a URL given by a person; returns it without a trailing slash. */
    static String baseUrl(String text) {
        try {
            URI uri = URI.create(text.strip());
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (web && uri.getHost() != null && uri.getQuery() == null) {
                return text.strip().replaceAll("/+$", "");
            }
        } catch (IllegalArgumentException e) {
            throw notAUrl(text);
        }
        throw notAUrl(text);
    }

    private static CommandFailure notAUrl(String text) {
        return new CommandFailure(
                "'" + text + "' is not a worker's URL; accepted is a base URL such as http://127.0.0.1:8080.");
    }

    /** Asks {@code /health} and, unless told not to, {@code /v1/models}. */
    TargetFacts probe(String url, Optional<String> token, boolean launched, boolean healthOnly)
            throws InterruptedException {
        HttpResponse<String> answer = get(url + "/health", token);
        JsonNode health = json(answer);
        boolean openai = !healthOnly && get(url + "/v1/models", token).statusCode() == 200;
        return new TargetFacts(
                url,
                health.path("model").asText("unknown"),
                health.path("resident").asBoolean(false),
                openai,
                launched,
                health);
    }

    private static JsonNode json(HttpResponse<String> answer) {
        try {
            JsonNode tree = new ObjectMapper().readTree(answer.body());
            return tree.isObject() ? tree : new ObjectMapper().createObjectNode();
        } catch (JsonProcessingException e) {
            return new ObjectMapper().createObjectNode();
        }
    }

    private HttpResponse<String> get(String url, Optional<String> token) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(LIMIT);
        token.ifPresent(t -> request.header("Authorization", "Bearer " + t));
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new CommandFailure("No worker answers at " + url + " ("
                    + Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName())
                    + "); start one, or check the URL.");
        }
    }
}
