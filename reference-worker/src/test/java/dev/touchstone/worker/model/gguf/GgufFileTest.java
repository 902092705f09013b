package dev.touchstone.worker.model.gguf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GgufFileTest {
    @TempDir
    private Path folder;

    @Test
    void readsEveryKindOfValue() throws IOException {
        try (GgufFile file = open(GgufBytes.sound())) {
            GgufMetadata metadata = file.metadata();
            assertThat(metadata.string("general.name")).contains("Ünit");
            assertThat(metadata.integer("general.alignment")).hasValue(32);
            assertThat(metadata.real("a.real")).hasValue(1.5);
            assertThat(metadata.flag("a.flag")).contains(true);
            assertThat(metadata.strings("a.texts").orElseThrow()).containsExactly("x", "");
            assertThat(metadata.integers("a.numbers").orElseThrow()).containsExactly(1, -2, 3);
            assertThat(metadata.string("a.real")).isEmpty();
            assertThat(file.tensors()).extracting(GgufTensor::name).containsExactly("w", "b");
            GgufTensor weight = file.tensor("w").orElseThrow();
            assertThat(weight.rows()).isEqualTo(2);
            assertThat(weight.rowBytes()).isEqualTo(18);
            assertThat(weight.data().byteSize()).isEqualTo(36);
            assertThat(file.tensor("absent")).isEmpty();
        }
    }

    @Test
    void refusesAFileCutAtAnyByte() throws IOException {
        byte[] sound = GgufBytes.sound();
        for (int length = 0; length < sound.length; length++) {
            byte[] cut = Arrays.copyOf(sound, length);
            assertThatExceptionOfType(GgufException.class)
                    .as("cut at %d", length)
                    .isThrownBy(() -> open(cut).close());
        }
    }

    @Test
    void refusesOrReadsAFileWithFlippedBytes() throws IOException {
        byte[] sound = GgufBytes.sound();
        Random random = new Random(11);
        int refused = 0;
        for (int round = 0; round < 2_000; round++) {
            byte[] broken = sound.clone();
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
            }
            refused += refuses(broken) ? 1 : 0;
        }
        assertThat(refused).isBetween(500, 1_999);
    }

    static Stream<Arguments> hostileFiles() {
        return Stream.of(
                hostile("47475546", new GgufBytes().raw("GGML".getBytes(UTF_8))),
                hostile("version is 1;", new GgufBytes().u32(0x46554747).u32(1)),
                hostile("big-endian", new GgufBytes().u32(0x46554747).u32(0x03000000)),
                hostile("tensor count is 18446744073709551615", GgufBytes.head(-1, 0)),
                hostile("metadata count is 4294967296", GgufBytes.head(0, 1L << 32)),
                hostile("length of metadata key 0", GgufBytes.head(0, 1).u64(1L << 40)),
                hostile("unknown value type 13", GgufBytes.head(0, 1).key("k", 13)),
                hostile(
                        "array of arrays",
                        GgufBytes.head(0, 1).key("k", 9).u32(9).u64(1)),
                hostile("element count", GgufBytes.head(0, 1).key("k", 9).u32(4).u64(1L << 60)),
                hostile(
                        "claims 4000000 strings",
                        GgufBytes.head(0, 1).key("k", 9).u32(8).u64(4_000_000)),
                hostile("stored as 2", GgufBytes.head(0, 1).key("k", 7).raw(new byte[] {2})),
                hostile("not UTF-8", GgufBytes.head(0, 1).u64(1).raw(new byte[] {(byte) 0xFF})),
                hostile("'k' occurs twice", GgufBytes.head(0, 2).text("k", "1").text("k", "2")),
                hostile(
                        "'general.alignment' is 24",
                        GgufBytes.head(0, 1).key("general.alignment", 4).u32(24)),
                hostile("Q2_K (10)", GgufBytes.head(1, 0).tensor("t", 10, 0, 256)),
                hostile("unknown (99)", GgufBytes.head(1, 0).tensor("t", 99, 0, 256)),
                hostile("5 dimensions", GgufBytes.head(1, 0).tensor("t", 0, 0, 1, 1, 1, 1, 1)),
                hostile("below 2^60", GgufBytes.head(1, 0).tensor("t", 0, 0, 1L << 31, 1L << 31, 1L << 31)),
                hostile("positive lengths", GgufBytes.head(1, 0).tensor("t", 0, 0, 4, 0)),
                hostile("multiples of 32", GgufBytes.head(1, 0).tensor("t", 2, 0, 31)),
                hostile(
                        "multiples of 32",
                        GgufBytes.head(1, 0).tensor("t", 0, 5, 1).pad(32)),
                hostile(
                        "needs 4 bytes",
                        GgufBytes.head(1, 0).tensor("t", 0, 1L << 62, 1).pad(32)),
                hostile(
                        "'t' occurs twice",
                        GgufBytes.head(2, 0).tensor("t", 0, 0, 1).tensor("t", 0, 32, 1)),
                hostile(
                        "overlaps",
                        GgufBytes.head(2, 0)
                                .tensor("t", 0, 0, 16)
                                .tensor("u", 0, 32, 1)
                                .pad(32)
                                .raw(new byte[64])));
    }

    @ParameterizedTest
    @MethodSource("hostileFiles")
    void saysWhatIsWrong(String fragment, GgufBytes bytes) {
        assertThatExceptionOfType(GgufException.class)
                .isThrownBy(() -> open(bytes.toArray()).close())
                .withMessageContaining(fragment)
                .withMessageContaining("model.gguf: ")
                .withMessageNotContaining("\n");
    }

    @Test
    void refusesWhatIsNoFile() {
        assertThatExceptionOfType(GgufException.class)
                .isThrownBy(() -> GgufFile.open(folder).close())
                .withMessageContaining("not a regular file");
        assertThatExceptionOfType(GgufException.class)
                .isThrownBy(() -> GgufFile.open(folder.resolve("absent")).close())
                .withMessageContaining("not there");
    }

    private boolean refuses(byte[] bytes) throws IOException {
        try (GgufFile file = open(bytes)) {
            return file.tensors().isEmpty();
        } catch (GgufException refused) {
            assertThat(refused).hasMessageEndingWith(".");
            return true;
        }
    }

    private GgufFile open(byte[] bytes) throws IOException {
        return GgufFile.open(Files.write(folder.resolve("model.gguf"), bytes));
    }

    private static Arguments hostile(String fragment, GgufBytes bytes) {
        return Arguments.of(fragment, bytes);
    }
}
