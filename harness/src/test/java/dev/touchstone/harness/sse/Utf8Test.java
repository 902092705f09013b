package dev.touchstone.harness.sse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The first and the last character of each length of sequence, and the bytes just outside. */
final class Utf8Test {

    private final List<Long> malformed = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(
            ints = {
                0, 0x7f, 0x80, 0x7ff, 0x800, 0xfff, 0x1000, 0xcfff, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x3ffff, 0x40000,
                0xfffff, 0x100000, 0x10ffff
            })
    void readsTheCharactersAtEachEndOfEachLength(int codePoint) {
        String text = "a" + Character.toString(codePoint) + "b";
        assertThat(decode(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(text);
        assertThat(malformed).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x80, 0xbf, 0xc0, 0xc1, 0xf5, 0xff})
    void replacesALeadByteThatCanBeginNothing(int lead) {
        assertThat(decode(new byte[] {'a', (byte) lead, (byte) 0xbf, 'b'})).isEqualTo("a\uFFFD\uFFFDb");
        assertThat(malformed).containsExactly(101L, 102L);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x7f, 0xc0})
    void endsASequenceAtAByteThatCannotContinueIt(int next) {
        decode(new byte[] {(byte) 0xe2, (byte) 0x82, (byte) next});
        assertThat(malformed).startsWith(100L).doesNotContain(101L);
    }

    @Test
    void readsNoFurtherThanItIsTold() {
        byte[] euro = "€".getBytes(StandardCharsets.UTF_8);
        assertThat(Utf8.decode(euro, 0, 2, 100, malformed::add)).isEqualTo("\uFFFD");
        assertThat(malformed).containsExactly(100L);
    }

    private String decode(byte[] bytes) {
        return Utf8.decode(bytes, 0, bytes.length, 100, malformed::add);
    }
}
