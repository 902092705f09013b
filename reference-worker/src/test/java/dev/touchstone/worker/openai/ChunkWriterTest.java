package dev.touchstone.worker.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.worker.http.Dialect;
import dev.touchstone.worker.job.ErrorCode;
import dev.touchstone.worker.job.JobEvent;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChunkWriterTest {
    private static final List<JobEvent> EVENTS = List.of(
            new JobEvent.Started(Instant.EPOCH),
            new JobEvent.Token(0, "a\"\n"),
            new JobEvent.Token(1, ""),
            new JobEvent.Metrics(3, 1, 1),
            new JobEvent.Token(2, "b"),
            new JobEvent.End(3, 4, 1, "eos"));
    private static final JobEvent FAILED = new JobEvent.Failed(ErrorCode.INFERENCE_TIMEOUT, "It took too long.");

    private static String write(boolean chat, boolean usage, List<JobEvent> events) {
        StringBuilder out = new StringBuilder();
        ChunkWriter writer = new ChunkWriter(new Envelope(chat, "id-1", 9, "m"), usage);
        events.forEach(event -> writer.write(event, out));
        return out.toString();
    }

    @Test
    void writesACompletion() {
        String head =
                "data: {\"id\":\"id-1\",\"object\":\"text_completion\",\"created\":9,\"model\":\"m\",\"choices\":[";
        String tail = ",\"logprobs\":null,\"finish_reason\":null}]}\n\n";
        assertThat(write(false, false, EVENTS))
                .isEqualTo(head + "{\"index\":0,\"text\":\"a\\\"\\n\"" + tail + head + "{\"index\":0,\"text\":\"b\""
                        + tail
                        + head + "{\"index\":0,\"text\":\"\",\"logprobs\":null,\"finish_reason\":\"stop\"}]}\n\n"
                        + "data: [DONE]\n\n");
    }

    @Test
    void writesAChatWithUsage() {
        String head =
                "data: {\"id\":\"id-1\",\"object\":\"chat.completion.chunk\",\"created\":9,\"model\":\"m\",\"choices\":[";
        String delta = head + "{\"index\":0,\"delta\":";
        String tail = ",\"logprobs\":null,\"finish_reason\":null}],\"usage\":null}\n\n";
        assertThat(write(true, true, EVENTS))
                .isEqualTo(delta + "{\"role\":\"assistant\",\"content\":\"\"}" + tail
                        + delta + "{\"content\":\"a\\\"\\n\"}" + tail
                        + delta + "{\"content\":\"b\"}" + tail
                        + delta + "{},\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":null}\n\n"
                        + head
                        + "],\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":3,\"total_tokens\":7}}\n\n"
                        + "data: [DONE]\n\n");
    }

    @Test
    void endsWithTheErrorAndNothingAfterIt() {
        String stream = write(true, true, List.of(EVENTS.get(0), EVENTS.get(1), FAILED));
        assertThat(stream)
                .endsWith("\n\ndata: {\"error\":{\"message\":\"It took too long.\",\"type\":\"server_error\","
                        + "\"param\":null,\"code\":\"inference_timeout\"}}\n\n")
                .doesNotContain("[DONE]")
                .doesNotContain("\"finish_reason\":\"");
    }

    @Test
    void tellsAFailureByItsStatusWhereNothingHasBeenSent() {
        WholeAnswerWriter whole = new WholeAnswerWriter(new Envelope(true, "id-1", 9, "m"));
        Dialect.Body body = whole.of(List.of(EVENTS.get(1), FAILED));
        assertThat(body.status()).isEqualTo(504);
        assertThat(body.json()).startsWith("{\"error\":").doesNotContain("choices");
        assertThat(whole.of(EVENTS).json())
                .isEqualTo("{\"id\":\"id-1\",\"object\":\"chat.completion\",\"created\":9,\"model\":\"m\",\"choices\":["
                        + "{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"a\\\"\\nb\",\"refusal\":null},"
                        + "\"logprobs\":null,\"finish_reason\":\"stop\"}],"
                        + "\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":3,\"total_tokens\":7}}");
    }
}
