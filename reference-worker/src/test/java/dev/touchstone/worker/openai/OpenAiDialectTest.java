package dev.touchstone.worker.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.worker.engine.ByteTokenizer;
import dev.touchstone.worker.engine.ScriptedEngine;
import dev.touchstone.worker.http.Dialect;
import dev.touchstone.worker.http.RefusedRequest;
import dev.touchstone.worker.model.chat.ChatTemplate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What requests ask for: honoured, harmless, or refused. */
class OpenAiDialectTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochSecond(1_800_000_000));
    private static final String COMPLETIONS = "/v1/completions";
    private static final String CHAT = "/v1/chat/completions";
    private final OpenAiDialect dialect = new OpenAiDialect(
            "m",
            new ScriptedEngine("x").facts(),
            new ByteTokenizer(),
            ChatTemplate.of(Optional.of("{% for m in messages %}{{ m.role + m.content }}{% endfor %}"), "", "", CLOCK),
            CLOCK);

    private Dialect.Submission completion(String more) throws RefusedRequest {
        return dialect.post(COMPLETIONS, ("{\"model\":\"m\",\"prompt\":\"p\"" + more + "}").getBytes(UTF_8));
    }

    private Dialect.Submission chat(String more) throws RefusedRequest {
        return dialect.post(
                CHAT,
                ("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"p\"}]" + more + "}").getBytes(UTF_8));
    }

    private JsonNode error(RefusedRequest refused) throws Exception {
        return new ObjectMapper().readTree(dialect.error(refused)).path("error");
    }

    private void assertRefused(String path, String body, int status, String param, String code) throws Exception {
        RefusedRequest refused =
                catchThrowableOfType(RefusedRequest.class, () -> dialect.post(path, body.getBytes(UTF_8)));
        assertThat(refused).as(body).isNotNull();
        assertThat(refused.status()).isEqualTo(status);
        JsonNode error = error(refused);
        assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
        assertThat(error.path("param").asText()).isEqualTo(param);
        assertThat(error.path("code").asText()).isEqualTo(code);
        assertThat(error.path("message").asText()).startsWith(param).endsWith(".");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "n | 2",
                "n | 0",
                "n | \"1\"",
                "best_of | 3",
                "echo | true",
                "suffix | \"x\"",
                "logprobs | 0",
                "logprobs | 5",
                "logit_bias | {\"50256\":-100}",
                "presence_penalty | 0.5",
                "frequency_penalty | -1",
                "prompt | [\"a\",\"b\"]",
                "prompt | [1,2]",
                "prompt | [[1,2]]",
                "prompt | []",
                "messages | []",
                "max_completion_tokens | 3",
                "tools | []",
                "guided_json | {}",
                "ignore_eos | true"
            })
    void refusesWhatACompletionCannotDo(String field, String value) throws Exception {
        String body = "{\"model\":\"m\"" + (field.equals("prompt") ? "" : ",\"prompt\":\"p\"") + ",\"" + field + "\":"
                + value + "}";
        assertRefused(COMPLETIONS, body, 400, field, "unsupported_parameter");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "n | 2",
                "logprobs | true",
                "top_logprobs | 2",
                "tools | [{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]",
                "functions | [{\"name\":\"f\"}]",
                "tool_choice | \"required\"",
                "tool_choice | {\"type\":\"function\"}",
                "function_call | {\"name\":\"f\"}",
                "response_format | {\"type\":\"json_object\"}",
                "response_format | {\"type\":\"json_schema\",\"json_schema\":{}}",
                "modalities | [\"text\",\"audio\"]",
                "audio | {\"voice\":\"alloy\"}",
                "prediction | {\"type\":\"content\",\"content\":\"x\"}",
                "reasoning_effort | \"high\"",
                "verbosity | \"low\"",
                "web_search_options | {}",
                "service_tier | \"flex\"",
                "store | true",
                "logit_bias | {\"1\":1}",
                "presence_penalty | 1",
                "frequency_penalty | 1",
                "echo | true",
                "prompt | \"x\""
            })
    void refusesWhatAChatCannotDo(String field, String value) throws Exception {
        String body = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"p\"}],\"" + field + "\":" + value
                + "}";
        assertRefused(CHAT, body, 400, field, "unsupported_parameter");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "max_tokens | 0",
                "max_tokens | 2049",
                "max_tokens | 1.5",
                "max_tokens | \"10\"",
                "temperature | -0.1",
                "temperature | 2.1",
                "temperature | \"hot\"",
                "top_p | 1.1",
                "top_k | -1",
                "min_p | 2",
                "repetition_penalty | 0",
                "seed | 1.5",
                "seed | \"1\"",
                "seed | 18446744073709551616",
                "seed | -9223372036854775809",
                "stop | 7",
                "stop | \"\"",
                "stop | [\"a\",\"b\",\"c\",\"d\",\"e\"]",
                "stop | [1]",
                "stream | \"true\"",
                "stream | 1",
                "stream_options | {\"include_usage\":true}",
                "prompt | \"\"",
                "prompt | 7",
                "prompt | {}",
                "prompt | \"\\ud83d\"",
                "model | 7"
            })
    void refusesAValueOutsideItsRange(String field, String value) throws Exception {
        String model = field.equals("model") ? "" : ",\"model\":\"m\"";
        String prompt = field.equals("prompt") ? "" : ",\"prompt\":\"p\"";
        String body = "{\"" + field + "\":" + value + model + prompt + "}";
        assertRefused(COMPLETIONS, body, 400, field, "null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"other", "M", "", "m ", "gpt-4o"})
    void servesNoModelButItsOwn(String model) throws Exception {
        assertRefused(COMPLETIONS, "{\"model\":\"" + model + "\",\"prompt\":\"p\"}", 404, "model", "model_not_found");
        assertRefused(CHAT, "{\"model\":\"" + model + "\"}", 404, "model", "model_not_found");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "messages | null | 7",
                "messages | null | []",
                "messages | null | ``",
                "messages[0] | null | [7]",
                "messages[0].role | null | [{\"role\":\"tool\",\"content\":\"x\"}]",
                "messages[0].role | null | [{\"role\":7,\"content\":\"x\"}]",
                "messages[0].role | null | [{\"content\":\"x\"}]",
                "messages[0].content | null | [{\"role\":\"user\"}]",
                "messages[0].content | null | [{\"role\":\"user\",\"content\":null}]",
                "messages[0].content | null | [{\"role\":\"user\",\"content\":[]}]",
                "messages[0].content | null | [{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{}}]}]",
                "messages[0].content | null | [{\"role\":\"user\",\"content\":[\"x\"]}]",
                "messages | null | [{\"role\":\"user\",\"content\":\"\\ud83d\"}]",
                "messages | null | [{\"role\":\"user\",\"content\":\"\\ufdd0\"}]",
                "messages[0] | unsupported_parameter | [{\"role\":\"user\",\"content\":\"x\",\"name\":\"Ann\"}]",
                "messages[0] | unsupported_parameter | [{\"role\":\"assistant\",\"content\":\"x\",\"tool_calls\":[{}]}]",
            })
    void refusesMessagesThatAreNone(String param, String code, String messages) throws Exception {
        assertRefused(
                CHAT,
                "{\"model\":\"m\",\"messages\":" + (messages.isEmpty() ? "null" : messages) + "}",
                400,
                param,
                code);
    }

    @Test
    void takesATextThatIsFarTooLongForTooLongForTheContext() throws Exception {
        String text = "x".repeat(200_000);
        assertRefused(
                COMPLETIONS, "{\"model\":\"m\",\"prompt\":\"" + text + "\"}", 400, "prompt", "context_length_exceeded");
        assertRefused(
                CHAT,
                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}",
                400,
                "messages",
                "context_length_exceeded");
    }

    @Test
    void refusesUnknownOptionsOfAStream() throws Exception {
        for (String options : new String[] {"{\"include_obfuscation\":true}", "{\"x\":1}", "{\"include_usage\":1}"}) {
            assertRefused(
                    COMPLETIONS,
                    "{\"model\":\"m\",\"prompt\":\"p\",\"stream\":true,\"stream_options\":" + options + "}",
                    400,
                    "stream_options",
                    "unsupported_parameter");
        }
    }

    @Test
    void neverRepeatsAStrangeFieldName() throws Exception {
        assertRefused(COMPLETIONS, "{\"model\":\"m\",\"prompt\":\"p\",\"a\\r\\nb\":1}", 400, "body", "null");
    }

    @Test
    void takesHarmlessFieldsAndNulls() throws Exception {
        String nulls =
                ",\"stop\":null,\"seed\":null,\"max_tokens\":null,\"temperature\":null,\"n\":null,\"stream\":null";
        completion(nulls
                + ",\"logprobs\":null,\"echo\":false,\"best_of\":1,\"n\":1,\"suffix\":\"\",\"logit_bias\":{}"
                        .replace(",\"n\":1", ""));
        completion(",\"user\":\"u\",\"n\":1,\"presence_penalty\":0,\"frequency_penalty\":0.0,\"whatever\":null");
        chat(nulls + ",\"user\":\"u\",\"metadata\":{\"a\":\"b\"},\"store\":false,\"logprobs\":false,\"tools\":[]"
                + ",\"tool_choice\":\"auto\",\"response_format\":{\"type\":\"text\"},\"modalities\":[\"text\"]"
                + ",\"parallel_tool_calls\":true,\"service_tier\":\"auto\",\"stream_options\":null");
        assertThat(chat(",\"stream\":true,\"stream_options\":{\"include_usage\":false,\"include_obfuscation\":false}")
                        .answer())
                .isInstanceOf(Dialect.Answer.Streamed.class);
    }

    @Test
    void honoursTheSamplingFields() throws Exception {
        var options = completion(
                        ",\"temperature\":0.5,\"top_p\":0.9,\"seed\":-1,\"top_k\":5,\"min_p\":0.1,\"repetition_penalty\":1.1")
                .job()
                .options();
        assertThat(options.temperature()).isEqualTo(0.5);
        assertThat(options.topP()).isEqualTo(0.9);
        assertThat(options.seed()).isEqualTo(-1L);
        assertThat(options.topK()).isEqualTo(5);
        assertThat(options.minP()).isEqualTo(0.1);
        assertThat(options.repetitionPenalty()).isEqualTo(1.1);
        var plain = chat("").job().options();
        assertThat(plain.temperature()).isEqualTo(1.0);
        assertThat(plain.topP()).isEqualTo(1.0);
    }

    @Test
    void takesEitherNameOfTheTokenLimitButNotTwoLimits() throws Exception {
        assertThat(chat(",\"max_tokens\":7").job().maxTokens()).isEqualTo(7);
        assertThat(chat(",\"max_completion_tokens\":8").job().maxTokens()).isEqualTo(8);
        assertThat(chat(",\"max_completion_tokens\":8,\"max_tokens\":8").job().maxTokens())
                .isEqualTo(8);
        RefusedRequest refused =
                catchThrowableOfType(RefusedRequest.class, () -> chat(",\"max_completion_tokens\":8,\"max_tokens\":9"));
        assertThat(refused.field()).isEqualTo("max_tokens");
    }

    @Test
    void givesEveryRequestAnIdOfItsOwn() throws Exception {
        assertThat(completion("").job().id())
                .startsWith("cmpl-")
                .isNotEqualTo(completion("").job().id());
        assertThat(chat("").job().id()).startsWith("chatcmpl-");
    }
}
