package dev.touchstone.features.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.harness.json.JsonDocument;
import dev.touchstone.harness.json.MalformedEvidence;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Chunk;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.RequestRecord;
import dev.touchstone.harness.verdict.Verdict;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeptJsonTest {

    private static final Exchange ENDED = exchange("whole");
    private static final Exchange EARLIER_STATE = exchange("wh");

    private static final Kept KEPT = new Kept(
            List.of(exchange("first"), ENDED),
            List.of(
                    Map.of(
                            "text",
                            "half a pair \uD83D, a line\nand \u0000",
                            "whole",
                            7,
                            "long",
                            Long.MIN_VALUE,
                            "seed",
                            new BigInteger("18446744073709551615"),
                            "exact",
                            new BigDecimal("1.50"),
                            "ratio",
                            Double.NaN,
                            "truth",
                            true,
                            "limit",
                            Duration.ofNanos(1_500_000_001),
                            "answer",
                            ENDED),
                    Map.of("text", "later", "whole", 7, "all", List.of(ENDED, EARLIER_STATE, List.of("a", 1)))),
            List.of(new Kept.Said(1, new Verdict.Inconclusive("EV-01", "why"))));

    @Test
    void readsBackEveryTypeThatAScenarioMayRemember() {
        Kept again = KeptJson.read(JsonDocument.read(written()));
        Map<String, Object> first = again.memory().getFirst();
        KEPT.memory().getFirst().forEach((name, value) -> {
            if (!(value instanceof Exchange)) {
                assertThat(first.get(name)).as(name).isEqualTo(value);
            }
        });
        assertThat(first.get("answer")).isSameAs(again.exchanges().get(1));
        List<?> all = List.copyOf((List<?>) again.memory().get(1).getOrDefault("all", List.of()));
        assertThat(all.get(0)).isSameAs(again.exchanges().get(1));
        assertThat(((Exchange) all.get(1)).bodyText()).isEqualTo("wh");
        assertThat(all.get(2)).isEqualTo(List.of("a", 1));
        assertThat(again.memory().get(1)).containsEntry("text", "later").containsEntry("whole", 7);
        assertThat(again.said()).isEqualTo(KEPT.said());
    }

    @Test
    void saysWhatIsDamaged() {
        assertThatThrownBy(() -> KeptJson.read(JsonDocument.read(written().replace("\"big_integer\"", "\"huge\""))))
                .isInstanceOf(MalformedEvidence.class)
                .hasMessage("memory[].seed is of the unknown type huge");
        assertThatThrownBy(
                        () -> KeptJson.read(JsonDocument.read(written().replace("\"exchange\":1", "\"exchange\":9"))))
                .isInstanceOf(MalformedEvidence.class)
                .hasMessageContaining("is 9, but there are 2 exchanges");
        assertThatThrownBy(() -> KeptJson.read(JsonDocument.read(written().replace("\"NaN\"", "\"much\""))))
                .isInstanceOf(MalformedEvidence.class)
                .hasMessage("memory[].ratio.double is 'much'");
    }

    private static String written() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        KeptJson.write(node, KEPT);
        return JsonDocument.text(node, false);
    }

    private static Exchange exchange(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return new Exchange(
                2,
                "ask",
                new RequestRecord("GET", "http://h/x", List.of(), new byte[0], Instant.EPOCH),
                Optional.empty(),
                List.of(new Chunk(0, bytes, 5, 1)),
                new BodyEnd.Complete(9));
    }
}
