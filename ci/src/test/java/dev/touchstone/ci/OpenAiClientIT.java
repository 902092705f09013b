package dev.touchstone.ci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The official OpenAI client for JavaScript against the reference worker: {@code src/test/openai-client/talk.js}. */
class OpenAiClientIT {

    private static final Pattern LISTENING = Pattern.compile("http://127\\.0\\.0\\.1:(\\d+)");
    private static final List<String> FILES = List.of("package.json", "package-lock.json", ".npmrc", "talk.js");

    @TempDir
    static Path work;

    private static JsonNode seen = new ObjectMapper().createObjectNode();

    @BeforeAll
    static void talk() throws Exception {
        for (String program : List.of("node", "npm")) {
            assumeTrue(onPath(program), program + " is not on PATH, so the official client cannot be run");
        }
        Path module = Launcher.root().resolve("ci");
        Path client = Files.createDirectories(module.resolve("target/openai-client"));
        for (String file : FILES) {
            Files.copy(
                    module.resolve("src/test/openai-client").resolve(file),
                    client.resolve(file),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        run(client, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline");
        Process worker = new ProcessBuilder(
                        Launcher.root().resolve("touchstone").toString(), "serve", "--port", "0")
                .directory(Launcher.root().toFile())
                .redirectError(work.resolve("serve.log").toFile())
                .start();
        try (var lines = worker.inputReader()) {
            Matcher url = LISTENING.matcher(String.valueOf(lines.readLine()));
            assertThat(url.find())
                    .as(Files.readString(work.resolve("serve.log")))
                    .isTrue();
            seen = new ObjectMapper().readTree(run(client, "node", "talk.js", url.group()));
        } finally {
            worker.destroy();
            if (!worker.waitFor(20, TimeUnit.SECONDS)) {
                worker.destroyForcibly();
            }
        }
    }

    private static boolean onPath(String program) {
        String path = String.valueOf(System.getenv("PATH"));
        return List.of(path.split(File.pathSeparator, -1)).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static String run(Path folder, String... command) throws IOException, InterruptedException {
        Path out = work.resolve(command[0] + ".out");
        Path err = work.resolve(command[0] + ".err");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        boolean ended = process.waitFor(3, TimeUnit.MINUTES);
        process.destroyForcibly();
        assertThat(ended && process.waitFor() == 0)
                .as("%s: %s%s", String.join(" ", command), Files.readString(out), Files.readString(err))
                .isTrue();
        return Files.readString(out);
    }

    @Test
    void listsTheModel() {
        assertThat(seen.path("models")).hasSize(1);
        assertThat(seen.at("/model/id")).isEqualTo(seen.at("/models/0"));
        assertThat(seen.at("/model/object").asText()).isEqualTo("model");
    }

    @Test
    void completesAPromptTheSameWhetherStreamedOrNot() {
        String text = seen.at("/completion/choices/0/text").asText();
        assertThat(text).isNotBlank();
        assertThat(seen.at("/completionStream/text").asText()).isEqualTo(text);
        assertThat(seen.at("/completion/object").asText()).isEqualTo("text_completion");
        assertThat(seen.at("/completion/choices/0/finish_reason").asText()).isEqualTo("length");
        assertStream("completion");
    }

    @Test
    void chatsTheSameWhetherStreamedOrNot() {
        String text = seen.at("/chat/choices/0/message/content").asText();
        assertThat(text).isNotBlank().doesNotContain("<|im_");
        assertThat(seen.at("/chat/choices/0/message/role").asText()).isEqualTo("assistant");
        assertThat(seen.at("/chatStream/role").asText()).isEqualTo("assistant");
        assertThat(seen.at("/chatStream/text").asText()).isEqualTo(text);
        assertThat(seen.path("helper").asText()).isEqualTo(text);
        assertStream("chat");
    }

    private static void assertStream(String name) {
        JsonNode stream = seen.path(name + "Stream");
        assertThat(stream.path("finishes")).hasSize(1);
        assertThat(stream.at("/finishes/0")).isEqualTo(seen.path(name).at("/choices/0/finish_reason"));
        assertThat(stream.path("identities").intValue()).isEqualTo(1);
        assertThat(stream.path("usages")).hasSize(1);
        assertThat(stream.at("/usages/0")).isEqualTo(seen.path(name).path("usage"));
        assertThat(stream.at("/last/choices")).isEmpty();
        assertThat(stream.at("/last/usage")).isEqualTo(stream.at("/usages/0"));
        JsonNode usage = stream.at("/usages/0");
        assertThat(usage.path("prompt_tokens").intValue()).isPositive();
        assertThat(usage.path("completion_tokens").intValue()).isBetween(1, 12);
        assertThat(usage.path("total_tokens").intValue())
                .isEqualTo(usage.path("prompt_tokens").intValue()
                        + usage.path("completion_tokens").intValue());
    }

    @Test
    void stopsBeforeTheStopString() {
        String whole = seen.at("/completion/choices/0/text").asText();
        String stop = seen.at("/stop/stop").asText();
        assertThat(stop).hasSize(3);
        assertThat(seen.at("/stop/answer/choices/0/text").asText()).isEqualTo(whole.substring(0, whole.indexOf(stop)));
        assertThat(seen.at("/stop/answer/choices/0/finish_reason").asText()).isEqualTo("stop");
    }

    @ParameterizedTest
    @CsvSource({
        "temperature, BadRequestError, null, temperature",
        "n, BadRequestError, unsupported_parameter, n",
        "tools, BadRequestError, unsupported_parameter, tools",
        "format, BadRequestError, unsupported_parameter, response_format",
        "logprobs, BadRequestError, unsupported_parameter, logprobs",
        "context, BadRequestError, context_length_exceeded, prompt",
        "model, NotFoundError, model_not_found, model",
        "noModel, NotFoundError, model_not_found, model",
        "route, NotFoundError, unknown_url, null"
    })
    void raisesTheClientsOwnErrors(String call, String name, String code, String param) {
        JsonNode error = seen.path("errors").path(call);
        assertThat(error.path("name").asText()).isEqualTo(name);
        assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
        assertThat(error.path("code").asText()).isEqualTo(code);
        assertThat(error.path("param").asText()).isEqualTo(param);
    }

    @Test
    void anAbortedStreamStopsItsJob() {
        assertThat(seen.at("/abort/read").intValue()).isEqualTo(2);
        assertThat(seen.at("/abort/cancelled").booleanValue()).isTrue();
    }
}
