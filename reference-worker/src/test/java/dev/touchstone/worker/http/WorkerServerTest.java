package dev.touchstone.worker.http;

import static dev.touchstone.worker.http.WorkerFixture.events;
import static dev.touchstone.worker.http.WorkerFixture.execute;
import static dev.touchstone.worker.http.WorkerFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.worker.engine.ByteTokenizer;
import dev.touchstone.worker.engine.GpuFacts;
import dev.touchstone.worker.engine.ScriptedEngine;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WorkerServerTest {
    private static WorkerFixture worker() {
        return new WorkerFixture(new ScriptedEngine("abc"));
    }

    private static void assertRefused(HttpResponse<String> response, int status, String field) throws Exception {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        JsonNode body = json(response.body());
        assertThat(body.path("code").textValue()).isEqualTo("INVALID_REQUEST");
        assertThat(body.path("field").textValue()).isEqualTo(field);
        assertThat(body.path("retriable").isBoolean()).isTrue();
        assertThat(body.path("retriable").booleanValue()).isFalse();
        assertThat(body.path("message").textValue()).startsWith(field).endsWith(".");
    }

    @Test
    void streamsStartedTokensAndEnd() throws Exception {
        try (WorkerFixture worker = worker()) {
            HttpResponse<String> response =
                    worker.post("/execute", execute("j-1", ",\"max_tokens\":4,\"seed\":18446744073709551615"));
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream; charset=utf-8");
            assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
            assertThat(response.body()).endsWith("}\n\n");
            List<WorkerFixture.Event> events = events(response.body());
            assertThat(events)
                    .extracting(WorkerFixture.Event::name)
                    .containsExactly("started", "token", "token", "token", "token", "metrics", "end");
            JsonNode started = events.getFirst().data();
            assertThat(started.path("job_id").textValue()).isEqualTo("j-1");
            assertThat(started.path("model").textValue()).isEqualTo("scripted");
            assertThat(started.path("seed").bigIntegerValue()).isEqualTo("18446744073709551615");
            assertThat(java.time.Instant.parse(started.path("started_at").textValue()))
                    .isBefore(java.time.Instant.now().plusSeconds(1));
            for (int i = 0; i < 4; i++) {
                assertThat(events.get(1 + i).data().path("i").intValue()).isEqualTo(i);
            }
            assertThat(WorkerFixture.text(events)).isEqualTo("abca");
            JsonNode end = events.getLast().data();
            assertThat(end.path("tokens_out").intValue()).isEqualTo(4);
            assertThat(end.path("tokens_in").intValue()).isEqualTo(5);
            assertThat(end.path("decode_time_ms").doubleValue()).isNotNegative();
            assertThat(end.path("stop_reason").textValue()).isEqualTo("max_tokens");
        }
    }

    @Test
    void drawsAndReportsASeedWhenNoneIsGiven() throws Exception {
        try (WorkerFixture worker = worker()) {
            JsonNode seed = events(worker.post("/execute", execute("j", ",\"max_tokens\":1"))
                            .body())
                    .getFirst()
                    .data()
                    .path("seed");
            assertThat(seed.isIntegralNumber()).isTrue();
            assertThat(seed.bigIntegerValue().signum()).isNotNegative();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "job_id | {\"prompt\":\"x\"}",
                "job_id | {\"job_id\":\"\",\"prompt\":\"x\"}",
                "job_id | {\"job_id\":7,\"prompt\":\"x\"}",
                "job_id | {\"job_id\":null,\"prompt\":\"x\"}",
                "job_id | {\"job_id\":\"a\\r\\nevent: end\",\"prompt\":\"x\"}",
                "job_id | {\"job_id\":\"a\\u0000\",\"prompt\":\"x\"}",
                "prompt | {\"job_id\":\"j\"}",
                "prompt | {\"job_id\":\"j\",\"prompt\":\"\"}",
                "prompt | {\"job_id\":\"j\",\"prompt\":[\"x\"]}",
                "prompt | {\"job_id\":\"j\",\"prompt\":\"<nothing>\"}",
                "prompt | {\"job_id\":\"j\",\"prompt\":\"\\ud83d\"}",
                "body | nonsense",
                "body | []",
                "body | ``",
                "body | {\"job_id\":\"j\",\"prompt\":\"x",
                "body | {\"job_id\":\"j\",\"prompt\":\"x\"} {}",
                "body | {\"job_id\":\"j\",\"job_id\":\"k\",\"prompt\":\"x\"}"
            })
    void refusesABodyThatIsNotARequest(String field, String body) throws Exception {
        try (WorkerFixture worker = worker()) {
            assertRefused(worker.post("/execute", body), 400, field);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "max_tokens | 0",
                "max_tokens | -1",
                "max_tokens | 2049",
                "max_tokens | 1.5",
                "max_tokens | \"10\"",
                "max_tokens | null",
                "max_tokens | 99999999999",
                "temperature | -0.1",
                "temperature | 2.1",
                "temperature | NaN",
                "temperature | \"hot\"",
                "top_p | -0.1",
                "top_p | 1.1",
                "top_k | -1",
                "top_k | 257",
                "min_p | -0.1",
                "min_p | 1.1",
                "repetition_penalty | -1",
                "repetition_penalty | 0",
                "repetition_penalty | 2.1",
                "stop | \"x\"",
                "stop | [1]",
                "stop | [\"\"]",
                "stop | [\"a\",\"b\",\"c\",\"d\",\"e\"]",
                "seed | -1",
                "seed | 18446744073709551616",
                "seed | 1.5",
                "seed | \"1\""
            })
    void refusesAFieldOutsideItsRange(String field, String value) throws Exception {
        try (WorkerFixture worker = worker()) {
            String body = "{\"job_id\":\"j\",\"prompt\":\"x\",\"" + field + "\":" + value + "}";
            assertRefused(worker.post("/execute", body), 400, field);
        }
    }

    @Test
    void refusesDeepNestingAndBytesThatAreNotUtf8AndGoesOnServing() throws Exception {
        try (WorkerFixture worker = worker()) {
            assertRefused(worker.post("/execute", "[".repeat(100_000)), 400, "body");
            byte[] latin = "{\"job_id\":\"j\",\"prompt\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
            HttpRequest request = worker.request("/execute")
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(latin))
                    .build();
            assertRefused(worker.send(request), 400, "body");
            assertThat(worker.post("/execute", execute("j", ",\"max_tokens\":1,\"unknown\":{}"))
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({"GET,/execute,POST", "PUT,/cancel,POST", "GET,/shutdown,POST", "POST,/health,GET", "DELETE,/metrics,GET"
    })
    void refusesAWrongMethodAndNamesTheRightOne(String method, String path, String allowed) throws Exception {
        try (WorkerFixture worker = worker()) {
            HttpResponse<String> response = worker.send(worker.request(path)
                    .method(method, HttpRequest.BodyPublishers.ofString("{}"))
                    .build());
            assertRefused(response, 405, "method");
            assertThat(response.headers().firstValue("Allow")).contains(allowed);
        }
    }

    @Test
    void refusesUnknownRoutesAndMediaTypes() throws Exception {
        try (WorkerFixture worker = worker()) {
            assertRefused(worker.get("/nothing"), 404, "path");
            HttpRequest plain = worker.request("/execute")
                    .header("Content-Type", "text/plain")
                    .POST(HttpRequest.BodyPublishers.ofString(execute("j", "")))
                    .build();
            assertRefused(worker.send(plain), 415, "content-type");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "415 | Content-Type | application/json; charset=latin1",
                "415 | Content-Type | application/json;charset=\"utf-16\"",
                "415 | Content-Type | application/jsonp",
                "415 | Content-Encoding | gzip",
                "200 | Content-Type | Application/JSON; Charset=\"UTF-8\"; x=y",
                "200 | Content-Encoding | identity",
            })
    void readsOnlyPlainJsonInUtf8(int status, String name, String value) throws Exception {
        try (WorkerFixture worker = worker()) {
            HttpRequest request = worker.postOf("/execute", execute("j", ",\"max_tokens\":1"));
            HttpResponse<String> response = worker.send(HttpRequest.newBuilder(request, (n, v) -> true)
                    .setHeader(name, value)
                    .build());
            if (status == 200) {
                assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            } else {
                assertRefused(response, status, name.toLowerCase(java.util.Locale.ROOT));
            }
        }
    }

    @Test
    void aPageInABrowserCannotShutTheWorkerDown() throws Exception {
        try (WorkerFixture worker = worker()) {
            HttpResponse<String> response = worker.send(worker.request("/shutdown")
                    .header("Origin", "http://evil.example")
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build());
            assertThat(response.statusCode()).isEqualTo(401);
            assertThat(response.headers().firstValue("WWW-Authenticate")).contains("Bearer");
            assertThat(response.headers().firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
            assertThat(worker.shutdown.getCount()).isEqualTo(1);
        }
    }

    @Test
    void tellsTheCountsWhenTheContextIsTooShort() throws Exception {
        try (WorkerFixture worker = worker()) {
            String prompt = "x".repeat(ScriptedEngine.CONTEXT - 2);
            String body = "{\"job_id\":\"j\",\"prompt\":\"" + prompt + "\",\"max_tokens\":%d}";
            HttpResponse<String> refused = worker.post("/execute", body.formatted(3));
            assertThat(refused.statusCode()).isEqualTo(400);
            JsonNode error = json(refused.body());
            assertThat(error.path("code").textValue()).isEqualTo("CONTEXT_LENGTH_EXCEEDED");
            assertThat(error.path("field").textValue()).isEqualTo("prompt");
            assertThat(error.path("prompt_tokens").intValue()).isEqualTo(ScriptedEngine.CONTEXT - 2);
            assertThat(error.path("max_tokens").intValue()).isEqualTo(3);
            assertThat(error.path("context_length").intValue()).isEqualTo(ScriptedEngine.CONTEXT);
            assertThat(events(worker.post("/execute", body.formatted(2)).body())
                            .getLast()
                            .data()
                            .path("tokens_out")
                            .intValue())
                    .isEqualTo(2);
        }
    }

    @Test
    void healthHasTheTypesOfTheContract() throws Exception {
        try (WorkerFixture worker = worker()) {
            HttpResponse<String> response = worker.get("/health");
            assertThat(response.statusCode()).isEqualTo(200);
            JsonNode health = json(response.body());
            assertThat(health.path("status").textValue()).isEqualTo("healthy");
            for (String field : List.of("model", "quant_kind", "tokenizer_kind", "worker_id")) {
                assertThat(health.path(field).textValue()).as(field).isNotEmpty();
            }
            assertThat(health.path("resident").isBoolean()).isTrue();
            assertThat(health.path("resident").booleanValue()).isFalse();
            for (String field : List.of(
                    "vram_bytes_used",
                    "kv_bytes_used",
                    "vocab_size",
                    "context_length",
                    "uptime_seconds",
                    "queue_depth")) {
                assertThat(health.path(field).isIntegralNumber()).as(field).isTrue();
            }
            assertThat(health.path("kv_bytes_used").longValue()).isZero();
            assertThat(health.path("context_length").intValue()).isEqualTo(ScriptedEngine.CONTEXT);
            assertThat(health.has("active_job")).isFalse();
        }
    }

    @Test
    void healthNamesTheGpuWhereThereIsOne() throws Exception {
        ScriptedEngine engine = new ScriptedEngine("abc").on(new GpuFacts(1, "NVIDIA H200", 90, "13.0"));
        try (WorkerFixture worker = new WorkerFixture(engine)) {
            JsonNode health = json(worker.get("/health").body());
            assertThat(health.path("gpu_device").intValue()).isEqualTo(1);
            assertThat(health.path("sm").intValue()).isEqualTo(90);
            assertThat(health.path("cuda_runtime_version").textValue()).isEqualTo("13.0");
            assertThat(health.path("resident").booleanValue()).isTrue();
            assertThat(health.path("vram_bytes_used").longValue()).isEqualTo(ScriptedEngine.VRAM_BYTES);
        }
        try (WorkerFixture worker = new WorkerFixture(new ScriptedEngine("abc"))) {
            JsonNode health = json(worker.get("/health").body());
            assertThat(health.has("gpu_device") || health.has("sm") || health.has("cuda_runtime_version"))
                    .isFalse();
            assertThat(health.path("vram_bytes_used").longValue()).isZero();
        }
    }

    @Test
    void healthShowsTheRunningJobAndTurnsUnhealthyWithTheEngine() throws Exception {
        ScriptedEngine engine = new ScriptedEngine("abc").gated();
        try (WorkerFixture worker = new WorkerFixture(engine)) {
            var response = worker.postLater("/execute", execute("j", ""));
            assertThat(engine.awaitOpened()).isTrue();
            assertThat(json(worker.get("/health").body()).path("active_job").textValue())
                    .isEqualTo("j");
            engine.broken().openGate();
            assertThat(events(response.get(10, TimeUnit.SECONDS).body()))
                    .satisfiesExactly(started -> assertThat(started.name()).isEqualTo("started"), error -> {
                        assertThat(error.data().path("code").textValue()).isEqualTo("INTERNAL");
                        assertThat(error.data().path("message").textValue()).doesNotContain("secret");
                    });
            HttpResponse<String> health = worker.get("/health");
            assertThat(health.statusCode()).isEqualTo(503);
            assertThat(json(health.body()).path("status").textValue()).isEqualTo("unhealthy");
            assertThat(worker.post("/execute", execute("k", "")).statusCode()).isEqualTo(500);
        }
    }

    @Test
    void aFullQueueAnswersBusyAtOnce() throws Exception {
        ScriptedEngine engine = new ScriptedEngine("abc").gated();
        try (WorkerFixture worker = new WorkerFixture(engine, new ByteTokenizer(), "", 1, Duration.ofSeconds(10))) {
            var first = worker.postLater("/execute", execute("a", ",\"max_tokens\":2"));
            assertThat(engine.awaitOpened()).isTrue();
            var second = worker.postLater("/execute", execute("b", ",\"max_tokens\":2"));
            // A queued stream sends only its head; that the second job is in the queue is seen from health.
            while (json(worker.get("/health").body()).path("queue_depth").intValue() == 0) {
                Thread.onSpinWait();
            }
            HttpResponse<String> third = worker.post("/execute", execute("c", ""));
            assertThat(third.statusCode()).isEqualTo(503);
            assertThat(third.headers().firstValue("Retry-After")).contains("1");
            assertThat(json(third.body()).path("code").textValue()).isEqualTo("BUSY");
            assertThat(json(third.body()).path("retriable").booleanValue()).isTrue();
            engine.openGate();
            for (CompletableFuture<HttpResponse<String>> stream : List.of(first, second)) {
                assertThat(events(stream.get(10, TimeUnit.SECONDS).body())).hasSize(5);
            }
        }
    }

    @Test
    void refusesTheIdOfARunningJobAndTakesItOnceFinished() throws Exception {
        ScriptedEngine engine = new ScriptedEngine("abc").gated();
        try (WorkerFixture worker = new WorkerFixture(engine)) {
            String body = execute("same", ",\"max_tokens\":2");
            var first = worker.postLater("/execute", body);
            assertThat(engine.awaitOpened()).isTrue();
            assertRefused(worker.post("/execute", body), 400, "job_id");
            engine.openGate();
            assertThat(events(first.get(10, TimeUnit.SECONDS).body())).hasSize(5);
            assertThat(events(worker.post("/execute", body).body())).hasSize(5);
        }
    }

    @Test
    void cancelEndsTheStreamWithOneErrorEvent() throws Exception {
        ScriptedEngine engine = new ScriptedEngine("abc").slow(Duration.ofMillis(5));
        try (WorkerFixture worker = new WorkerFixture(engine)) {
            var stream = worker.postLater("/execute", execute("j", ",\"max_tokens\":2048"));
            assertThat(engine.awaitOpened()).isTrue();
            assertThat(worker.post("/cancel", "{\"job_id\":\"j\"}").statusCode())
                    .isEqualTo(202);
            assertThat(worker.post("/cancel", "{\"job_id\":\"j\"}").body()).isEqualTo("{}");
            List<WorkerFixture.Event> events =
                    events(stream.get(10, TimeUnit.SECONDS).body());
            assertThat(events.getLast().name()).isEqualTo("error");
            assertThat(events.getLast().data().path("code").textValue()).isEqualTo("CANCELLED");
            assertThat(events.getLast().data().path("retriable").booleanValue()).isTrue();
            assertThat(events).filteredOn(e -> e.name().equals("error")).hasSize(1);
        }
    }

    @Test
    void cancelTakesUnknownIdsAndRefusesAMissingOne() throws Exception {
        try (WorkerFixture worker = worker()) {
            assertThat(worker.post("/cancel", "{\"job_id\":\"unknown\"}").statusCode())
                    .isEqualTo(202);
            assertRefused(worker.post("/cancel", "{}"), 400, "job_id");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/execute", "/cancel", "/shutdown", "/metrics", "/nothing"})
    void everyRouteButHealthWantsTheToken(String path) throws Exception {
        ScriptedEngine engine = new ScriptedEngine("abc");
        try (WorkerFixture worker =
                new WorkerFixture(engine, new ByteTokenizer(), "secret-1", 4, Duration.ofSeconds(10))) {
            String method = path.equals("/metrics") ? "GET" : "POST";
            for (String given :
                    List.of("", "Bearer secret-2", "secret-1", "Basic secret-1", "Bearer secret-12", "Bearer")) {
                HttpRequest.Builder request = worker.request(path + "?token=secret-1")
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(execute("j", "")));
                if (!given.isEmpty()) {
                    request.header("Authorization", given);
                }
                HttpResponse<String> response = worker.send(request.build());
                assertThat(response.statusCode()).isEqualTo(401);
                assertThat(response.headers().firstValue("WWW-Authenticate")).contains("Bearer");
                assertThat(json(response.body()).path("code").textValue()).isEqualTo("UNAUTHORIZED");
            }
            assertThat(worker.get("/health").statusCode()).isEqualTo(200);
            assertThat(worker.shutdown.getCount()).isEqualTo(1);
            for (String given : List.of("Bearer secret-1", "bearer secret-1")) {
                HttpRequest right = worker.request("/cancel")
                        .header("Content-Type", "application/json")
                        .header("Authorization", given)
                        .POST(HttpRequest.BodyPublishers.ofString("{\"job_id\":\"j\"}"))
                        .build();
                assertThat(worker.send(right).statusCode()).isEqualTo(202);
            }
        }
    }

    @Test
    void shutdownAnswersAndThenTellsItsOwner() throws Exception {
        try (WorkerFixture worker = worker()) {
            HttpResponse<String> response = worker.send(worker.request("/shutdown")
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build());
            assertThat(response.statusCode()).isEqualTo(202);
            assertThat(worker.shutdown.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void metricsCountOutcomesAndTokens() throws Exception {
        try (WorkerFixture worker = worker()) {
            worker.post("/execute", execute("j", ",\"max_tokens\":3"));
            worker.post("/execute", "{}");
            assertThat(worker.get("/metrics").body())
                    .contains("worker_requests_total{outcome=\"ok\"} 1\n")
                    .contains("worker_requests_total{outcome=\"rejected\"} 1\n")
                    .contains("worker_tokens_generated_total 3\n")
                    .contains("worker_inference_duration_seconds_count 1\n")
                    .contains("worker_time_to_first_token_seconds_count 1\n");
        }
    }

    @Test
    void neitherPromptsNorTextAreLogged() throws Exception {
        ScriptedEngine engine = new ScriptedEngine("canary-out");
        try (WorkerFixture worker = new WorkerFixture(engine)) {
            worker.post("/execute", "{\"job_id\":\"j-7\",\"prompt\":\"canary-in\",\"max_tokens\":20}");
            assertThat(worker.logged.toString(StandardCharsets.UTF_8))
                    .contains("j-7")
                    .contains("tokens_out=\"20\"")
                    .doesNotContain("canary");
        }
    }
}
