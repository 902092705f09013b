package dev.touchstone.harness.sse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each rule is found where it is broken, at the byte where it is broken, and only there. */
final class SseRuleTest {

    /** @param body as Latin-1, so that it can spell any byte */
    record Broken(String what, String body, SseRule rule, long... offsets) {
        @Override
        public String toString() {
            return what;
        }
    }

    static List<Broken> broken() {
        return List.of(
                new Broken("no blank line at the end", "data: x\n", SseRule.UNTERMINATED_EVENT, 0),
                new Broken("no line end at the end", "data: x\n\ndata: y", SseRule.UNTERMINATED_EVENT, 9),
                new Broken("only a comment at the end", "data: x\n\n: bye\n", SseRule.UNTERMINATED_EVENT, 9),
                new Broken("a mark and half a line", "\u00ef\u00bb\u00bfd", SseRule.UNTERMINATED_EVENT, 0),
                new Broken("CR CR LF", "data: x\r\r\n", SseRule.STRAY_CARRIAGE_RETURN, 7),
                new Broken("CR CR CR LF", "data: x\r\r\r\n", SseRule.STRAY_CARRIAGE_RETURN, 8),
                new Broken(
                        "a mark in mid-stream", "data: x\n\n\u00ef\u00bb\u00bf: y\n\n", SseRule.BOM_IN_MID_STREAM, 9),
                new Broken(
                        "a mark after the mark",
                        "\u00ef\u00bb\u00bf\u00ef\u00bb\u00bfdata\n\n",
                        SseRule.BOM_IN_MID_STREAM,
                        3),
                new Broken("a mark as a line", "data\n\u00ef\u00bb\u00bf\n\n", SseRule.BOM_IN_MID_STREAM, 5),
                new Broken("half a character", "data:\u00e2\u0082\n\n", SseRule.INVALID_UTF8, 5),
                new Broken("half a character at the end", "data\n\nd\u00f0\u009f", SseRule.INVALID_UTF8, 7),
                new Broken("a character across lines", "data:\u00e2\ndata:\u0082\n\n", SseRule.INVALID_UTF8, 5, 12),
                new Broken("an overlong NUL", "data:\u00c0\u0080\n\n", SseRule.INVALID_UTF8, 5, 6),
                new Broken("an overlong slash", "data:\u00e0\u0080\u00af\n\n", SseRule.INVALID_UTF8, 5, 6, 7),
                new Broken("a surrogate", "data:\u00ed\u00a0\u0080\n\n", SseRule.INVALID_UTF8, 5, 6, 7),
                new Broken("beyond U+10FFFF", "data:\u00f4\u0090\u0080\u0080\n\n", SseRule.INVALID_UTF8, 5, 6, 7, 8),
                new Broken("Latin-1 in a comment", ": caf\u00e9\n\n", SseRule.INVALID_UTF8, 5),
                new Broken("UTF-16", "\u00ff\u00fe\n\n", SseRule.INVALID_UTF8, 0, 1),
                new Broken("NUL in an id", "id: a\0b\ndata\n\n", SseRule.NUL_BYTE, 5),
                new Broken("NUL in an unfinished line", "data\n\n\0", SseRule.NUL_BYTE, 6),
                new Broken("a type alone", "data\n\nevent: x\nid: 1\n\n", SseRule.EVENT_WITHOUT_DATA, 6),
                new Broken("an unknown field", "odd: 1\n\n", SseRule.UNKNOWN_FIELD, 0),
                new Broken("a raw line feed inside data", "data: {\"t\":\"\n\"}\n\n", SseRule.UNKNOWN_FIELD, 13),
                new Broken("a retry that is no number", "retry: 1s\n\n", SseRule.UNKNOWN_FIELD, 0));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void findsARuleWhereItIsBroken(Broken broken) {
        assertThat(read(broken.body()).findings().stream()
                        .filter(f -> f.rule() == broken.rule())
                        .mapToLong(SseFinding::byteOffset))
                .containsExactly(Arrays.stream(broken.offsets()).boxed().toArray(Long[]::new));
    }

    @Test
    void hasABrokenStreamForEachRule() {
        Set<SseRule> tried = broken().stream().map(Broken::rule).collect(Collectors.toSet());
        assertThat(tried).isEqualTo(EnumSet.allOf(SseRule.class));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "\u00ef\u00bb\u00bf",
                "\u00ef\u00bb\u00bf\n\n",
                "id: 1\n\n",
                "retry: 10\n\n",
                "event:\n\n",
                ":\n\n",
                "data: a\u00ef\u00bb\u00bf\n\n",
                "data: x\rdata: y\n\r\n"
            })
    void findsNothingInWhatIsLegal(String body) {
        assertThat(read(body).findings()).isEmpty();
    }

    @Test
    void keepsAnIdThatHasNoNul() {
        assertThat(read("id: 1\nid: a\0b\ndata\n\n").events())
                .extracting(SseEvent::id)
                .containsExactly("1");
    }

    static List<Arguments> said() {
        String x = "x".repeat(60);
        return List.of(
                Arguments.of("event: token\n\n", "event 'token' has no data and is never dispatched"),
                Arguments.of("retry: 1s\n\n", "retry is not digits: '1s'"),
                Arguments.of("odd: 1\n\n", "the field 'odd'"),
                Arguments.of(x + "\n\n", "the field '" + x + "'"),
                Arguments.of(x + "x\n\n", "the field '" + x + "…'"),
                Arguments.of(x + "xx\n\n", "the field '" + x + "…'"),
                // a character of two halves is not cut in two
                Arguments.of("x".repeat(59) + "\u00f0\u009f\u0098\u0080\n\n", "the field '" + "x".repeat(59) + "…'"),
                Arguments.of("data: x\n", "the body ends without a blank line after its last event"),
                Arguments.of("data: x", "the body ends within a line of 7 bytes"));
    }

    @ParameterizedTest
    @MethodSource("said")
    void saysWhatItFound(String body, String detail) {
        assertThat(read(body).findings()).extracting(SseFinding::detail).containsExactly(detail);
    }

    @ParameterizedTest
    @EnumSource
    void takesNothingButAnUnknownFieldForLegal(SseRule rule) {
        assertThat(rule.legal()).isEqualTo(rule == SseRule.UNKNOWN_FIELD);
    }

    @Test
    void keepsAtMostAHundredFindingsOfARule() {
        assertThat(read("\0".repeat(1_000)).findings().stream().filter(f -> f.rule() == SseRule.NUL_BYTE))
                .hasSize(100)
                .last()
                .extracting(SseFinding::byteOffset)
                .isEqualTo(99L);
    }

    private static SseStream read(String latin1) {
        return Splits.read(Splits.at(latin1.getBytes(StandardCharsets.ISO_8859_1)));
    }
}
