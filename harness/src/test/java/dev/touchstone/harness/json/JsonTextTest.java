package dev.touchstone.harness.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class JsonTextTest {

    @Test
    void keepsIntegersExact() {
        assertThat(JsonText.parse("{\"seed\":18446744073709551615}"))
                .isInstanceOfSatisfying(JsonReading.Value.class, value -> {
                    assertThat(value.node().get("seed").bigIntegerValue()).hasToString("18446744073709551615");
                    assertThat(value.findings()).isEmpty();
                });
    }

    @Test
    void reportsWhatStrictReadersWouldStumbleOver() {
        assertThat(kinds("{\"a\":1,\"a\":2}")).containsExactly(JsonFinding.Kind.DUPLICATE_KEY);
        assertThat(kinds("{} x")).containsExactly(JsonFinding.Kind.TRAILING_TEXT);
        assertThat(kinds("\"\\uD83D\"")).containsExactly(JsonFinding.Kind.LONE_SURROGATE);
        assertThat(kinds("\"\\uD83D\\uDE00\"")).isEmpty();
    }

    @Test
    void refusesWhatIsNotJson() {
        for (String text : List.of("", "NaN", "{", "[1,]", "{'a':1}", "[".repeat(100_000))) {
            assertThat(JsonText.parse(text)).isInstanceOf(JsonReading.NotJson.class);
        }
    }

    private static List<JsonFinding.Kind> kinds(String text) {
        return JsonText.parse(text).findings().stream().map(JsonFinding::kind).toList();
    }
}
