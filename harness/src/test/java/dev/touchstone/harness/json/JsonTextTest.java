package dev.touchstone.harness.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.harness.fuzz.Corpus;
import dev.touchstone.harness.fuzz.Fuzz;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonTextTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "18446744073709551615",
                "-9223372036854775809",
                "1.0",
                "1e400",
                "-1E-400",
                "0.1234567890123456789012345678901234567890",
                "9007199254740993"
            })
    void keepsNumbersExact(String number) {
        assertThat(value("{\"n\":" + number + "}").get("n").decimalValue()).isEqualTo(new BigDecimal(number));
    }

    @Test
    void keepsAThousandDigitsExact() {
        String digits = "9".repeat(1_000);
        assertThat(value(digits).bigIntegerValue()).hasToString(digits);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e10001",
                "1e-10002",
                "1e999999999",
                "1E-999999999",
                "1e99999999999",
                "-0.1e99999999999999999999"
            })
    void refusesAnExponentThatNobodyCouldCalculateWith(String number) {
        assertThat(kinds(number)).containsExactly(JsonFinding.Kind.BEYOND_LIMIT);
    }

    @Test
    void refusesWhatIsTooDeepOrTooLong() {
        assertThat(kinds("[".repeat(100_000))).containsExactly(JsonFinding.Kind.BEYOND_LIMIT);
        assertThat(kinds("{\"a\":".repeat(100_000))).containsExactly(JsonFinding.Kind.BEYOND_LIMIT);
        assertThat(kinds("1".repeat(100_000))).containsExactly(JsonFinding.Kind.BEYOND_LIMIT);
        assertThat(kinds("1." + "1".repeat(100_000))).containsExactly(JsonFinding.Kind.BEYOND_LIMIT);
        assertThat(kinds("[".repeat(400) + "]".repeat(400))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\":1,\"a\":2}|DUPLICATE_KEY",
                "{\"a\":1,\"\\u0061\":2}|DUPLICATE_KEY",
                "{\"b\":[{\"a\":1,\"a\":1}]}|DUPLICATE_KEY",
                "{} x|TRAILING_TEXT",
                "{}{}|TRAILING_TEXT",
                "1 ,|TRAILING_TEXT",
                "\"\\uD83D\"|LONE_SURROGATE",
                "\"\\uDE00\\uD83D\"|LONE_SURROGATE,LONE_SURROGATE",
                "{\"\\uD83D\":1}|LONE_SURROGATE"
            })
    void reportsWhatStrictReadersWouldStumbleOver(String text, String kinds) {
        assertThat(kinds(text)).extracting(Enum::name).containsExactly(kinds.split(","));
        assertThat(JsonText.parse(text)).isInstanceOf(JsonReading.Value.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":1,\"b\":{\"a\":2}}",
                "[{\"a\":1},{\"a\":2}]",
                "\"\\uD83D\\uDE00\"",
                " \t\r\n null \n",
                "\"\"",
                "{\"\":0}",
                "-0",
                "1E+2",
                "\"\\u0000\""
            })
    void findsNothingInWhatIsLegal(String text) {
        assertThat(JsonText.parse(text))
                .isInstanceOfSatisfying(
                        JsonReading.Value.class,
                        value -> assertThat(value.findings()).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "NaN",
                "Infinity",
                "-",
                "+1",
                "01",
                "1.",
                ".5",
                "1e",
                "0x10",
                "{",
                "[1,]",
                "{\"a\":1,}",
                "{'a':1}",
                "{a:1}",
                "[1 2]",
                "// x\n1",
                "\"\t\"",
                "\"\\x\"",
                "\"\\uD8\"",
                "tru",
                "nullx",
                "\"open",
                "\u00a01"
            })
    void refusesWhatIsNotJson(String text) {
        assertThat(kinds(text)).containsExactly(JsonFinding.Kind.NOT_JSON);
        assertThat(JsonText.parse(text)).isInstanceOf(JsonReading.NotJson.class);
    }

    @Test
    void readsBytesAsUtf8AndReportsWhatIsNone() {
        assertThat(JsonText.parse("{\"é\":\"😀\"}".getBytes(StandardCharsets.UTF_8))
                        .findings())
                .isEmpty();
        byte[] latin1 = "{\"a\":\"café\"}".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(JsonText.parse(latin1))
                .isInstanceOfSatisfying(
                        JsonReading.Value.class,
                        value -> assertThat(value.node().get("a").textValue()).isEqualTo("caf\uFFFD"));
        assertThat(JsonText.parse(latin1).findings())
                .containsExactly(new JsonFinding(JsonFinding.Kind.INVALID_UTF8, "byte 9 begins what is not UTF-8", 9));
        assertThat(JsonText.parse("{}".getBytes(StandardCharsets.UTF_16)).findings())
                .extracting(JsonFinding::kind)
                .contains(JsonFinding.Kind.NOT_JSON);
    }

    @Test
    void readsWhatFollowsAByteOrderMark() {
        assertThat(kinds("\uFEFF{}")).containsExactly(JsonFinding.Kind.BYTE_ORDER_MARK);
        assertThat(kinds("\uFEFF\uFEFF{}")).containsExactly(JsonFinding.Kind.NOT_JSON);
    }

    @Test
    void keepsAtMostAHundredFindingsOfAKindAndSaysThemBriefly() {
        String twice = "\"" + "k".repeat(1_000) + "\":1,";
        List<JsonFinding> findings =
                JsonText.parse("{" + twice.repeat(500) + "\"z\":1}").findings();
        assertThat(findings).hasSize(100).allMatch(f -> f.detail().length() < 120);
    }

    @Test
    void throwsNothingWhateverTheTextHolds() {
        Fuzz.run(random -> {
            byte[] bytes = Corpus.JSON.mutated(random);
            JsonReading reading = JsonText.parse(bytes);
            assertThat(reading.findings()).allSatisfy(f -> {
                assertThat(f.offset()).isBetween(0L, (long) bytes.length);
                assertThat(f.detail()).hasLineCount(1).hasSizeLessThan(500);
            });
            if (reading instanceof JsonReading.Value value) {
                assertThat(JsonText.parse(value.node().toString())).isInstanceOf(JsonReading.Value.class);
            }
        });
    }

    private static JsonNode value(String text) {
        return ((JsonReading.Value) JsonText.parse(text)).node();
    }

    private static List<JsonFinding.Kind> kinds(String text) {
        return JsonText.parse(text).findings().stream().map(JsonFinding::kind).toList();
    }
}
