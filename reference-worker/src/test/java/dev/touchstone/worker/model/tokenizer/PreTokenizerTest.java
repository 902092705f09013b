package dev.touchstone.worker.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Short texts are split as the published regular expressions would; {@code \s} is Unicode's White_Space there too. */
class PreTokenizerTest {
    private static final String SPACE = "\\p{IsWhite_Space}";
    private static final String GPT_2 =
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^@\\p{L}\\p{N}]+|@+(?![^@])|@+".replace("@", SPACE);
    private static final String MODERN = ("(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])"
                    + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|DIGITS| ?[^@\\p{L}\\p{N}]+[\\r\\n]*|@*[\\r\\n]+|@+(?![^@])|@+")
            .replace("@", SPACE);
    private static final String[] UNITS = {
        " ", "  ", "\n", "\r\n", "\t", "\u00A0", "\u3000", "\u0085", "'", "'s", "'LL", "'re", "a", "Zé", "漢", "7", "12",
        "½", "٣", "Ⅷ", "!", "?!", "😀", "\u0301", "\u200D", "\uFFFD", "_", "\u0000", "\u001C"
    };

    static Stream<Arguments> rules() {
        return Stream.of(
                Arguments.of("gpt-2", List.of(GPT_2)),
                Arguments.of("smollm", List.of("\\p{N}|\\P{N}+", GPT_2)),
                Arguments.of("qwen2", List.of(MODERN.replace("DIGITS", "\\p{N}"))),
                Arguments.of("llama-bpe", List.of(MODERN.replace("DIGITS", "\\p{N}{1,3}"))));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void splitsAsTheRegularExpressionDoes(String name, List<String> expressions) {
        Splitter splitter = PreTokenizer.named(name).orElseThrow().splitter();
        Random random = new Random(3);
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(10); i >= 0; i--) {
                text.append(UNITS[random.nextInt(UNITS.length)]);
            }
            assertThat(pieces(splitter, text.toString())).isEqualTo(matches(expressions, text.toString()));
        }
    }

    private static List<String> pieces(Splitter splitter, String text) {
        int[] points = text.codePoints().toArray();
        List<String> pieces = new ArrayList<>();
        int from = 0;
        while (from < points.length) {
            int to = splitter.next(points, from, points.length);
            pieces.add(new String(points, from, to - from));
            from = to;
        }
        return pieces;
    }

    private static List<String> matches(List<String> expressions, String text) {
        List<String> pieces = List.of(text);
        for (String expression : expressions) {
            Pattern pattern = Pattern.compile(expression);
            List<String> finer = new ArrayList<>();
            for (String piece : pieces) {
                Matcher matcher = pattern.matcher(piece);
                while (matcher.find()) {
                    finer.add(matcher.group());
                }
            }
            pieces = finer;
        }
        return pieces;
    }
}
