package dev.touchstone.worker.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void assemblesAnyBytesAsAWholeDecoderWould(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            for (int i = 0; i < bytes.length; i++) {
                // The JDK reads an encoded surrogate as one error of three bytes, Unicode's table 3-8 as three errors.
                bytes[i] = bytes[i] == (byte) 0xED ? (byte) 'x' : bytes[i];
            }
            byte[] text = "aé漢😀".repeat(2).getBytes(StandardCharsets.UTF_8);
            System.arraycopy(text, 0, bytes, 0, Math.min(random.nextInt(text.length), bytes.length));
            Utf8Assembler assembler = new Utf8Assembler();
            StringBuilder got = new StringBuilder();
            for (int from = 0; from < bytes.length; ) {
                int to = Math.min(bytes.length, from + 1 + random.nextInt(4));
                got.append(assembler.accept(Arrays.copyOfRange(bytes, from, to)));
                from = to;
            }
            got.append(assembler.finish());
            assertThat(got.toString()).isEqualTo(new String(bytes, StandardCharsets.UTF_8));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void stopsWhereANaiveSearchStopsHoweverTheTextIsSplit(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            String text = letters(random, random.nextInt(30));
            List<String> stops =
                    List.of(letters(random, 1 + random.nextInt(4)), letters(random, 2 + random.nextInt(4)));
            StopMatcher matcher = new StopMatcher(stops);
            StringBuilder got = new StringBuilder();
            for (int from = 0; from < text.length(); ) {
                int to = Math.min(text.length(), from + 1 + random.nextInt(5));
                got.append(matcher.accept(text.substring(from, to)));
                from = to;
            }
            got.append(matcher.finish());
            assertThat(got.toString()).isEqualTo(naive(text, stops));
        }
    }

    private static String naive(String text, List<String> stops) {
        for (int end = 1; end <= text.length(); end++) {
            String head = text.substring(0, end);
            int longest = stops.stream()
                    .filter(head::endsWith)
                    .mapToInt(String::length)
                    .max()
                    .orElse(0);
            if (longest > 0) {
                return head.substring(0, end - longest);
            }
        }
        return text;
    }

    private static String letters(Random random, int length) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < length; i++) {
            out.append((char) ('a' + random.nextInt(3)));
        }
        return out.toString();
    }
}
