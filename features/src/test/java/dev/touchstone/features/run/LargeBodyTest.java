package dev.touchstone.features.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.touchstone.harness.target.Budgets;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of ER-03's body over the limit, by how a worker refuses it. */
class LargeBodyTest {

    @TempDir
    private Path out;

    @Test
    void isHeldWhenRefusedWith413() throws Exception {
        JsonNode scenario = judged(
                413, "{\"code\":\"INVALID_REQUEST\",\"message\":\"The body is too large.\",\"retriable\":false}");
        assertThat(scenario.path("verdict").asText()).isEqualTo("held");
    }

    @Test
    void isBrokenWhenRefusedOtherwiseWithoutAnErrorBody() throws Exception {
        JsonNode scenario = judged(400, "");
        assertThat(scenario.path("verdict").asText()).isEqualTo("broken");
        assertThat(scenario.path("message").asText())
                .isEqualTo("ER-03: expected status 413 for POST /execute, but it was 400 with an empty body");
    }

    @Test
    void isInconclusiveWhenThePromptsOwnLimitComesFirst() throws Exception {
        JsonNode scenario = judged(
                400,
                "{\"code\":\"INVALID_REQUEST\",\"field\":\"prompt\",\"message\":\"prompt must have at most 32768"
                        + " characters.\",\"retriable\":false}");
        assertThat(scenario.path("verdict").asText()).isEqualTo("inconclusive");
        assertThat(scenario.path("message").asText())
                .isEqualTo("ER-03: no body of up to 16 MiB was refused for its size");
    }

    private JsonNode judged(int status, String body) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> answer(exchange, status, body));
        server.createContext("/health", exchange -> answer(exchange, 200, "{\"status\":\"healthy\"}"));
        server.start();
        try {
            RunSettings settings = new RunSettings(
                    Optional.of("http://127.0.0.1:" + server.getAddress().getPort()),
                    Optional.empty(),
                    Optional.of("ER-03"),
                    Set.of(),
                    out,
                    TargetProbe.Hints.none(),
                    Budgets.defaults(),
                    false);
            Account account = new Account(new PrintWriter(new StringWriter()), Ink.PLAIN, false);
            new ConformanceRun(settings, account, ScenarioSource.CONTRACT).execute();
        } finally {
            server.stop(0);
        }
        JsonNode results =
                new ObjectMapper().readTree(out.resolve("conformance.json").toFile());
        for (JsonNode scenario : results.path("scenarios")) {
            if (scenario.path("name").asText().equals("A body over the limit is refused")) {
                return scenario;
            }
        }
        throw new AssertionError("the scenario did not run");
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        exchange.getRequestBody().readAllBytes();
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
