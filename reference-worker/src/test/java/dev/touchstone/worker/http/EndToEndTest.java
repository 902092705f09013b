package dev.touchstone.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.worker.engine.cpu.CpuEngine;
import dev.touchstone.worker.model.SharedFiles;
import dev.touchstone.worker.model.gguf.GgufFile;
import dev.touchstone.worker.model.tokenizer.GgufTokenizer;
import dev.touchstone.worker.model.tokenizer.Tokenizer;
import dev.touchstone.worker.telemetry.JsonText;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class EndToEndTest {
    @Test
    void theEmbeddedModelSaysTheGoldenTextThroughHttp() throws Exception {
        List<String> golden = Files.readAllLines(SharedFiles.shared("golden/touchstone-tiny-q8_0/greedy.jsonl"));
        Path model = Path.of(EndToEndTest.class
                .getResource("/models/touchstone-tiny-q8_0.gguf")
                .toURI());
        try (GgufFile file = GgufFile.open(model);
                CpuEngine engine = CpuEngine.load(file, 0, 0)) {
            Tokenizer tokenizer = GgufTokenizer.from(file.metadata());
            try (WorkerFixture worker = new WorkerFixture(engine, tokenizer, "", 4, Duration.ofSeconds(10))) {
                for (String line : golden.subList(0, 3)) {
                    judge(worker, tokenizer, WorkerFixture.json(line));
                }
            }
        }
    }

    private static void judge(WorkerFixture worker, Tokenizer tokenizer, JsonNode golden) throws Exception {
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        int tokens = 0;
        for (JsonNode step : golden.path("steps")) {
            if (tokenizer.endsGeneration(step.path("id").intValue())) {
                break;
            }
            expected.writeBytes(tokenizer.bytes(step.path("id").intValue()));
            tokens++;
        }
        StringBuilder body = new StringBuilder("{\"job_id\":\"golden\",\"temperature\":0,\"prompt\":");
        JsonText.quote(golden.path("prompt").textValue(), body);
        body.append(",\"max_tokens\":").append(tokens).append('}');
        List<WorkerFixture.Event> events =
                WorkerFixture.events(worker.post("/execute", body.toString()).body());
        assertThat(WorkerFixture.text(events)).isEqualTo(expected.toString(StandardCharsets.UTF_8));
        JsonNode end = events.getLast().data();
        assertThat(end.path("tokens_out").intValue()).isEqualTo(tokens);
        assertThat(end.path("tokens_in").intValue())
                .isEqualTo(golden.path("prompt_ids").size());
        String openAi = body.toString().replace("\"job_id\":\"golden\"", "\"model\":\"scripted\"");
        JsonNode completion =
                WorkerFixture.json(worker.post("/v1/completions", openAi).body());
        assertThat(completion.at("/choices/0/text").asText()).isEqualTo(WorkerFixture.text(events));
        assertThat(completion.at("/usage/prompt_tokens").intValue())
                .isEqualTo(end.path("tokens_in").intValue());
    }
}
