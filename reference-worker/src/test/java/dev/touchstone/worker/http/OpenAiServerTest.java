package dev.touchstone.worker.http;

import static dev.touchstone.worker.http.WorkerFixture.json;
import static dev.touchstone.worker.http.WorkerFixture.readThrough;
import static dev.touchstone.worker.http.WorkerFixture.whole;
import static dev.touchstone.worker.http.WorkerFixture.write;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.worker.engine.ByteTokenizer;
import dev.touchstone.worker.engine.ScriptedEngine;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The OpenAI dialect through the socket. */
@Timeout(60)
class OpenAiServerTest {
    private static final String COMPLETIONS = "/v1/completions";
    private static final String CHAT = "/v1/chat/completions";

    private static WorkerFixture worker() {
        return new WorkerFixture(new ScriptedEngine("abc"));
    }

    private static String completion(String more) {
        return "{\"model\":\"scripted\",\"prompt\":\"hello\",\"temperature\":0" + more + "}";
    }

    private static String chat(String more) {
        return "{\"model\":\"scripted\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}],\"temperature\":0"
                + more + "}";
    }

    /** The data of every frame but the last, which must be [DONE]. */
    private static List<JsonNode> chunks(String body) throws IOException {
        List<JsonNode> chunks = new ArrayList<>();
        assertThat(body).endsWith("\n\ndata: [DONE]\n\n");
        for (String frame :
                body.substring(0, body.length() - "data: [DONE]\n\n".length()).split("\n\n")) {
            assertThat(frame).startsWith("data: {").doesNotContain("\n");
            chunks.add(json(frame.substring("data: ".length())));
        }
        return chunks;
    }

    private static JsonNode assertError(HttpResponse<String> response, int status, String code) throws IOException {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        JsonNode error = json(response.body()).path("error");
        assertThat(error.path("message").textValue()).endsWith(".");
        assertThat(error.path("type").textValue()).isEqualTo(status >= 500 ? "server_error" : "invalid_request_error");
        assertThat(error.has("param")).isTrue();
        assertThat(error.path("code").asText()).isEqualTo(code);
        return error;
    }

    @Test
    void listsTheModelThatHealthNames() throws Exception {
        try (WorkerFixture worker = worker()) {
            JsonNode list = json(worker.get("/v1/models").body());
            assertThat(list.path("object").textValue()).isEqualTo("list");
            assertThat(list.path("data")).hasSize(1);
            JsonNode model = list.path("data").path(0);
            assertThat(model.path("id").textValue())
                    .isEqualTo(json(worker.get("/health").body()).path("model").textValue());
            assertThat(model.path("object").textValue()).isEqualTo("model");
            assertThat(model.path("created").isIntegralNumber()).isTrue();
            assertThat(json(worker.get("/v1/models/scripted").body())).isEqualTo(model);
            JsonNode error = assertError(worker.get("/v1/models/other"), 404, "model_not_found");
            assertThat(error.path("param").textValue()).isEqualTo("model");
        }
    }

    @Test
    void streamsACompletionAsChunksOfOneIdentity() throws Exception {
        try (WorkerFixture worker = worker()) {
            HttpResponse<String> response = worker.post(COMPLETIONS, completion(",\"max_tokens\":4,\"stream\":true"));
            assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream; charset=utf-8");
            List<JsonNode> chunks = chunks(response.body());
            assertThat(chunks).hasSize(5);
            for (JsonNode chunk : chunks) {
                assertThat(chunk.path("object").textValue()).isEqualTo("text_completion");
                for (String field : List.of("id", "created", "model")) {
                    assertThat(chunk.path(field)).isEqualTo(chunks.getFirst().path(field));
                }
                assertThat(chunk.has("usage")).isFalse();
            }
            assertThat(chunks)
                    .extracting(c -> c.at("/choices/0/text").asText())
                    .containsExactly("a", "b", "c", "a", "");
            assertThat(chunks)
                    .extracting(c -> c.at("/choices/0/finish_reason").asText())
                    .containsExactly("null", "null", "null", "null", "length");
        }
    }

    @Test
    void streamsAChatWithTheRoleFirstAndTheUsageLast() throws Exception {
        try (WorkerFixture worker = worker()) {
            String more = ",\"max_completion_tokens\":2,\"stream\":true,\"stream_options\":{\"include_usage\":true}";
            List<JsonNode> chunks = chunks(worker.post(CHAT, chat(more)).body());
            assertThat(chunks).hasSize(5);
            assertThat(chunks.getFirst().at("/choices/0/delta/role").asText()).isEqualTo("assistant");
            assertThat(chunks.subList(1, 3))
                    .extracting(c -> c.at("/choices/0/delta/content").asText())
                    .containsExactly("a", "b");
            assertThat(chunks.get(3).at("/choices/0/delta")).isEmpty();
            assertThat(chunks.get(3).at("/choices/0/finish_reason").asText()).isEqualTo("length");
            for (JsonNode chunk : chunks.subList(0, 4)) {
                assertThat(chunk.path("object").asText()).isEqualTo("chat.completion.chunk");
                assertThat(chunk.path("usage").isNull()).isTrue();
                assertThat(chunk.has("usage")).isTrue();
            }
            assertThat(chunks.getLast().path("choices")).isEmpty();
            assertThat(chunks.getLast().at("/usage/completion_tokens").intValue())
                    .isEqualTo(2);
        }
    }

    @Test
    void saysTheSameWhetherStreamedOrNotAndCountsIt() throws Exception {
        ScriptedEngine engine = new ScriptedEngine("né😀 \0");
        try (WorkerFixture worker = new WorkerFixture(engine)) {
            for (String path : List.of(COMPLETIONS, CHAT)) {
                boolean chat = path.equals(CHAT);
                JsonNode whole =
                        json(worker.post(path, chat ? chat("") : completion("")).body());
                String at = chat ? "/choices/0/delta/content" : "/choices/0/text";
                StringBuilder streamed = new StringBuilder();
                for (JsonNode chunk :
                        chunks(worker.post(path, chat ? chat(",\"stream\":true") : completion(",\"stream\":true"))
                                .body())) {
                    streamed.append(chunk.at(at).asText());
                }
                assertThat(streamed.toString()).isEqualTo("né😀 ");
                assertThat(whole.at(chat ? "/choices/0/message/content" : "/choices/0/text")
                                .asText())
                        .isEqualTo(streamed.toString());
                assertThat(whole.path("object").asText()).isEqualTo(chat ? "chat.completion" : "text_completion");
                assertThat(whole.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
                int prompt = (chat ? "[user]hello[assistant]" : "hello").length();
                assertThat(whole.at("/usage/prompt_tokens").intValue()).isEqualTo(prompt);
                assertThat(whole.at("/usage/completion_tokens").intValue()).isEqualTo(8);
                assertThat(whole.at("/usage/total_tokens").intValue()).isEqualTo(prompt + 8);
            }
        }
    }

    @Test
    void readsARawPromptAsExecuteDoesAndAChatThroughTheTemplate() throws Exception {
        ScriptedEngine engine = new ScriptedEngine("abc");
        try (WorkerFixture worker = new WorkerFixture(engine)) {
            worker.post("/execute", WorkerFixture.execute("j", ",\"max_tokens\":1"));
            worker.post(COMPLETIONS, completion(",\"max_tokens\":1"));
            worker.post(COMPLETIONS, "{\"model\":\"scripted\",\"prompt\":[\"hello\"]}");
            worker.post(CHAT, """
                    {"model":"scripted","max_tokens":1,"messages":[{"role":"developer","content":"s"},
                    {"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}],"name":null},
                    {"role":"assistant","content":"c","refusal":null,"annotations":[]},{"role":"user","content":""}]}
                    """);
            assertThat(engine.prompts())
                    .containsExactly("hello", "hello", "hello", "[system]s[user]ab[assistant]c[user][assistant]");
        }
    }

    @Test
    void aCompletionIsSixteenTokensLongAndAChatAsLongAsMayBe() throws Exception {
        try (WorkerFixture worker = worker()) {
            assertThat(json(worker.post(COMPLETIONS, completion("")).body())
                            .at("/usage/completion_tokens")
                            .intValue())
                    .isEqualTo(16);
            assertThat(json(worker.post(CHAT, chat("")).body())
                            .at("/usage/completion_tokens")
                            .intValue())
                    .isEqualTo(2048);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"ca\"", "[\"zz\",\"ca\"]"})
    void stopsBeforeAStopStringAndLeavesItOut(String stop) throws Exception {
        try (WorkerFixture worker = worker()) {
            JsonNode answer = json(
                    worker.post(COMPLETIONS, completion(",\"stop\":" + stop)).body());
            assertThat(answer.at("/choices/0/text").asText()).isEqualTo("ab");
            assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/completions, 405, method_not_allowed",
        "POST, /v1/models, 405, method_not_allowed",
        "GET, /v1/nothing, 404, unknown_url",
        "GET, /v1, 404, unknown_url"
    })
    void refusesRoutesAndMethodsInTheDialectsForm(String method, String path, int status, String code)
            throws Exception {
        try (WorkerFixture worker = worker()) {
            HttpRequest request = worker.request(path)
                    .method(method, HttpRequest.BodyPublishers.ofString("{}"))
                    .build();
            JsonNode error = assertError(worker.send(request), status, code);
            assertThat(error.path("param").isNull()).isTrue();
        }
    }

    @Test
    void refusesMediaTypesSizesAndBodiesInTheDialectsForm() throws Exception {
        try (WorkerFixture worker = worker()) {
            HttpRequest plain = worker.request(CHAT)
                    .header("Content-Type", "text/plain")
                    .POST(HttpRequest.BodyPublishers.ofString(chat("")))
                    .build();
            assertError(worker.send(plain), 415, "unsupported_media_type");
            assertError(worker.post(CHAT, " ".repeat((2 << 20) + 1)), 413, "request_too_large");
            assertError(worker.post(CHAT, "nonsense"), 400, "null");
        }
    }

    @Test
    void wantsTheTokenAndSaysSoInTheDialectsForm() throws Exception {
        ScriptedEngine engine = new ScriptedEngine("abc");
        try (WorkerFixture worker =
                new WorkerFixture(engine, new ByteTokenizer(), "secret-1", 4, Duration.ofSeconds(10))) {
            for (String path : List.of("/v1/models", "/v1/nothing")) {
                HttpResponse<String> refused = worker.get(path);
                assertError(refused, 401, "invalid_api_key");
                assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Bearer");
            }
            HttpRequest right = worker.request("/v1/models")
                    .header("Authorization", "Bearer secret-1")
                    .build();
            assertThat(worker.send(right).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void namesTheContextWhereItIsExceeded() throws Exception {
        try (WorkerFixture worker = worker()) {
            String prompt = "x".repeat(ScriptedEngine.CONTEXT - 2);
            JsonNode error = assertError(
                    worker.post(COMPLETIONS, "{\"model\":\"scripted\",\"prompt\":\"" + prompt + "\",\"max_tokens\":3}"),
                    400,
                    "context_length_exceeded");
            assertThat(error.path("param").asText()).isEqualTo("prompt");
            JsonNode cut = json(
                    worker.post(COMPLETIONS, "{\"model\":\"scripted\",\"temperature\":0,\"prompt\":\"" + prompt + "\"}")
                            .body());
            assertThat(cut.at("/usage/completion_tokens").intValue()).isEqualTo(2);
        }
    }

    @Test
    void refusesChatClearlyWhereTheModelHasNoTemplate() throws Exception {
        ScriptedEngine engine = new ScriptedEngine("abc");
        try (WorkerFixture worker =
                new WorkerFixture(engine, new ByteTokenizer(), Optional.empty(), "", 4, Duration.ofSeconds(10))) {
            JsonNode error = assertError(worker.post(CHAT, chat("")), 400, "null");
            assertThat(error.path("message").asText()).contains("no chat template");
            assertThat(worker.post(COMPLETIONS, completion("")).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aFailureInMidStreamIsTheLastDataAndNothingFinishes() throws Exception {
        ScriptedEngine engine = new ScriptedEngine("abc").gated();
        try (WorkerFixture worker = new WorkerFixture(engine)) {
            var stream = worker.postLater(CHAT, chat(",\"stream\":true"));
            var second = worker.postLater(COMPLETIONS, completion(""));
            engine.allow(3);
            assertThat(engine.awaitOpened()).isTrue();
            while (json(worker.get("/health").body()).path("queue_depth").intValue() == 0) {
                Thread.onSpinWait();
            }
            engine.broken().openGate();
            for (var answer : List.of(stream, second)) {
                String body = answer.get(10, TimeUnit.SECONDS).body();
                String last = body.startsWith("data: ")
                        ? body.strip().substring(body.strip().lastIndexOf("data: ") + 6)
                        : body;
                assertThat(body)
                        .doesNotContain("[DONE]")
                        .doesNotContain("\"stop\"")
                        .doesNotContain("secret");
                assertThat(json(last).at("/error/code").asText()).isEqualTo("internal");
                assertThat(json(last).at("/error/type").asText()).isEqualTo("server_error");
            }
            assertError(worker.post(CHAT, chat("")), 500, "internal");
        }
    }

    @Test
    void aFullQueueAnswersBusyInTheDialectsForm() throws Exception {
        ScriptedEngine engine = new ScriptedEngine("abc").gated();
        try (WorkerFixture worker = new WorkerFixture(engine, new ByteTokenizer(), "", 1, Duration.ofSeconds(10))) {
            var first = worker.postLater(COMPLETIONS, completion(",\"max_tokens\":2"));
            assertThat(engine.awaitOpened()).isTrue();
            var second = worker.postLater(CHAT, chat(",\"max_tokens\":2"));
            while (json(worker.get("/health").body()).path("queue_depth").intValue() == 0) {
                Thread.onSpinWait();
            }
            HttpResponse<String> third = worker.post(CHAT, chat(""));
            assertError(third, 503, "busy");
            assertThat(third.headers().firstValue("Retry-After")).contains("1");
            engine.openGate();
            assertThat(first.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            assertThat(second.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aJobThatIsCancelledIsAnErrorInEitherForm() throws Exception {
        ScriptedEngine engine = new ScriptedEngine("abc").slow(Duration.ofMillis(5));
        try (WorkerFixture worker = new WorkerFixture(engine)) {
            for (String more : List.of("", ",\"stream\":true")) {
                var answer = worker.postLater(CHAT, chat(more));
                assertThat(engine.awaitOpened()).isTrue();
                String id =
                        json(worker.get("/health").body()).path("active_job").asText();
                assertThat(id).startsWith("chatcmpl-");
                worker.post("/cancel", "{\"job_id\":\"" + id + "\"}");
                HttpResponse<String> cancelled = answer.get(10, TimeUnit.SECONDS);
                assertThat(cancelled.statusCode()).isEqualTo(more.isEmpty() ? 503 : 200);
                assertThat(cancelled.body())
                        .contains("\"code\":\"cancelled\"}}")
                        .doesNotContain("[DONE]");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"'',false", "'',true", "',\"stream\":true',false"})
    void aClientThatLeavesFreesTheEngine(String more, boolean reset) throws Exception {
        ScriptedEngine engine = new ScriptedEngine("abc").slow(Duration.ofMillis(5));
        try (WorkerFixture worker = new WorkerFixture(engine)) {
            Socket socket = worker.socket();
            write(socket, whole(CHAT, chat(more)));
            assertThat(engine.awaitOpened()).isTrue();
            if (reset) {
                socket.setSoLinger(true, 0);
            }
            socket.close();
            // Run to its end, the job would hold the engine for more than 10 s, which is how long this waits.
            assertThat(engine.awaitClosed()).isTrue();
            assertThat(worker.post(CHAT, chat(",\"max_tokens\":1")).statusCode())
                    .isEqualTo(200);
            assertThat(worker.get("/metrics").body()).contains("outcome=\"cancelled\"} 1");
            assertThat(worker.server.openStreams()).isZero();
        }
    }

    @Test
    void theConnectionIsUsedAgainAfterEveryKindOfAnswerAndAlsoByPipelinedRequests() throws Exception {
        try (WorkerFixture worker = worker();
                Socket socket = worker.socket()) {
            for (int i = 0; i < 3; i++) {
                write(socket, whole(COMPLETIONS, completion(",\"max_tokens\":2")));
                assertThat(readThrough(socket, "}}"))
                        .startsWith("HTTP/1.1 200 ")
                        .contains("\"text\":\"ab\"");
                write(socket, whole(CHAT, chat(",\"max_tokens\":2,\"stream\":true")));
                assertThat(readThrough(socket, "\r\n0\r\n\r\n"))
                        .startsWith("HTTP/1.1 200 ")
                        .contains("[DONE]");
            }
            String one = whole(COMPLETIONS, completion(",\"max_tokens\":1"));
            write(socket, one + one);
            assertThat(readThrough(socket, "}}")).startsWith("HTTP/1.1 200 ");
            assertThat(readThrough(socket, "}}")).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void neitherPromptsNorTextAreLogged() throws Exception {
        try (WorkerFixture worker = new WorkerFixture(new ScriptedEngine("canary-out"))) {
            worker.post(CHAT, chat("").replace("hello", "canary-in"));
            assertThat(worker.logged.toString(java.nio.charset.StandardCharsets.UTF_8))
                    .contains("chatcmpl-")
                    .doesNotContain("canary");
        }
    }
}
