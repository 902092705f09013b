package dev.touchstone.harness.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FieldsTest {

    @ParameterizedTest
    @ValueSource(strings = {"2.5", "2e-1", "\"2\"", "true", "null", "[2]"})
    void takesOnlyAWholeNumberAsAnInteger(String value) {
        assertThat(fields("{\"i\":" + value + "}").integer("i")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"20", "20.0", "2e1", "2.0E+1", "2000e-2"})
    void takesAWholeNumberByItsValueHoweverItIsWritten(String value) {
        assertThat(fields("{\"i\":" + value + "}").integer("i")).contains(BigInteger.valueOf(20));
    }

    @ParameterizedTest
    @ValueSource(strings = {"20.0", "2e1", "20.5", "\"20\""})
    void takesOnlyDigitsAsASeed(String value) {
        assertThat(fields("{\"seed\":" + value + "}").seed("seed")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "2.0", "0.2e1", "20E-1"})
    void takesANumberByItsValueHoweverItIsWritten(String number) {
        assertThat(fields("{\"n\":" + number + "}").number("n"))
                .hasValueSatisfying(n -> assertThat(n).isEqualByComparingTo("2"));
    }

    @Test
    void keepsSeedsExact() {
        assertThat(fields("{\"seed\":18446744073709551615}").seed("seed"))
                .contains(new BigInteger("18446744073709551615"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "[]", "1", "{} x", "{\"a\":1,\"a\":1}", "\uFEFF{}", "{\"a\":NaN}", "{\"a\":1e999999999}"})
    void readsNothingButOneStrictObject(String text) {
        assertThat(Fields.of(text)).isEmpty();
    }

    @Test
    void leavesALoneSurrogateToWhoeverJudgesText() {
        assertThat(fields("{\"t\":\"\\uD83D\"}").string("t")).contains("\uD83D");
    }

    private static Fields fields(String json) {
        return Fields.of(json).orElseThrow();
    }
}
