package dev.touchstone.features.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.touchstone.harness.load.SpeedPlan;
import dev.touchstone.harness.load.Spread;
import dev.touchstone.harness.target.Capabilities;
import dev.touchstone.harness.target.Target;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class BenchCommandTest {
    private static final BenchReport REPORT = report();

    @Test
    void tellsEachFigureWithTheCommandThatTakesItAgain() {
        assertThat(REPORT.lines())
                .contains("taken by: ./touchstone bench --url http://w --tokens 64")
                .contains(
                        "decode, by the client               median   1,950.50 tokens/s (least 1,901.00, most 2,000.00 of 2)")
                .contains("health while decoding               median       1.00 ms"
                        + " (least 1.00, p95 1.00, p99 1.00, most 1.00 of 30)")
                .noneMatch(line -> line.contains("never measured"));
    }

    @Test
    void writesEveryValueAsJson() throws Exception {
        JsonNode json = new JsonMapper().readTree(REPORT.json());
        assertThat(json.at("/taken_by").textValue()).isEqualTo("./touchstone bench --url http://w --tokens 64");
        assertThat(json.at("/taken_at").textValue()).isEqualTo("2026-11-24T20:00:00Z");
        assertThat(json.at("/plan/decode_tokens").intValue()).isEqualTo(64);
        assertThat(json.at("/figures/0/median").doubleValue()).isEqualTo(1950.5);
        assertThat(json.at("/figures/0/values")).hasSize(2);
        assertThat(json.at("/figures")).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "--tokens=1,--tokens is 1; accepted is 2 to 2048.",
        "--tokens=2049,--tokens is 2049; accepted is 2 to 2048.",
        "--rounds=0,--rounds is 0; accepted is 1 to 1000.",
        "--first-token-rounds=0,--first-token-rounds is 0; accepted is 1 to 1000.",
        "--prompt-tokens=0,--prompt-tokens is 0; accepted is 1 to 1000000.",
        "--short-tokens=0,--short-tokens is 0; accepted is 1 to 1000000.",
        "--dialect=french,'There is no dialect ''french''; accepted are native, openai and auto.'",
        "--token-file=/nowhere/t,The token file /nowhere/t cannot be read: /nowhere/t."
    })
    void refusesInOneSentenceBeforeAnyTraffic(String option, String sentence) {
        String[] said = new String[1];
        int status = new CommandLine(new BenchCommand())
                .setExecutionExceptionHandler((e, _, _) -> {
                    said[0] = e.getMessage();
                    return 2;
                })
                .execute("--url", "http://127.0.0.1:9", option);
        assertThat(said[0]).isEqualTo(sentence);
        assertThat(status).isEqualTo(2);
    }

    private static BenchReport report() {
        JsonNode health =
                JsonNodeFactory.instance.objectNode().put("model", "m").put("quant_kind", "F16");
        TargetFacts facts =
                new TargetFacts(Target.at("http://w"), Capabilities.of(health, health.toString()), false, health);
        return new BenchReport(
                facts,
                new SpeedPlan(64, 2_048, 10, 2, 30),
                "./touchstone bench --url http://w --tokens 64",
                Instant.parse("2026-11-24T20:00:00Z"),
                List.of(
                        new Spread("decode, by the client", "tokens/s", List.of(2000.0, 1901.0)),
                        new Spread("never measured", "ms", List.of()),
                        new Spread("health while decoding", "ms", Collections.nCopies(30, 1.0))));
    }
}
