package dev.touchstone.worker.model.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.worker.model.SharedFiles;
import dev.touchstone.worker.model.gguf.GgufFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GgufTokenizerTest {
    private static final String TINY = "touchstone-tiny-f16";
    private static final String SMOLLM = "smollm2-135m-instruct-q4_1";

    @ParameterizedTest
    @CsvSource({TINY + ",146", SMOLLM + ",146"})
    void encodesEveryGoldenText(String model, int rows) throws IOException {
        Tokenizer tokenizer = load(model);
        List<String> lines = Files.readAllLines(SharedFiles.shared("golden/" + model + "/tokenizer.jsonl"));
        assertThat(lines).hasSize(rows);
        for (String line : lines) {
            JsonNode row = new ObjectMapper().readTree(line);
            int[] expected = IntStream.range(0, row.get("ids").size())
                    .map(i -> row.get("ids").get(i).asInt())
                    .toArray();
            assertThat(tokenizer.encode(
                            row.get("text").asText(), row.get("parse_special").asBoolean()))
                    .as(line)
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {TINY, SMOLLM})
    void givesBackAnyText(String model) throws IOException {
        Tokenizer tokenizer = load(model);
        BitSet missing = missingBytes(model);
        Random random = new Random(7);
        for (int round = 0; round < 500; round++) {
            String text = randomText(random);
            assertThat(decode(tokenizer, tokenizer.encode(text, false))).isEqualTo(expressible(text, missing));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {TINY, SMOLLM})
    void takesAMegabyteOfAnyKind(String model) throws IOException {
        Tokenizer tokenizer = load(model);
        for (String unit : List.of("a", " ", "\n", " \n", "!", "7", "é", "漢", "ab1 ", "'s", "😀", "<", "<|im_end|>")) {
            String text = unit.repeat((1 << 20) / unit.length());
            assertThat(decode(tokenizer, tokenizer.encode(text, false)))
                    .as(unit)
                    .isEqualTo(text);
            assertThat(tokenizer.encodePrompt(text)).as(unit).isNotEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {TINY, SMOLLM})
    void readsLoneSurrogatesAsReplacement(String model) throws IOException {
        Tokenizer tokenizer = load(model);
        assertThat(decode(tokenizer, tokenizer.encode("a\uD83D b\uDE00", false)))
                .isEqualTo("a\uFFFD b\uFFFD");
    }

    @ParameterizedTest
    @ValueSource(strings = {TINY, SMOLLM})
    void keepsControlTokensSilentAndEndsAtThem(String model) throws IOException {
        Tokenizer tokenizer = load(model);
        int[] ids = tokenizer.encodePrompt("<|im_end|>");
        assertThat(ids).hasSize(1);
        assertThat(tokenizer.bytes(ids[0])).isEmpty();
        assertThat(tokenizer.endsGeneration(ids[0])).isTrue();
        assertThat(tokenizer.endsGeneration(tokenizer.encode("a", false)[0])).isFalse();
        assertThat(tokenizer.encode("<|im_end|>", false)).hasSizeGreaterThan(1);
    }

    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(60);
        for (int i = 0; i < length; i++) {
            int c = random.nextInt(3) == 0 ? random.nextInt(0x110000) : random.nextInt(0x80);
            text.appendCodePoint(Character.getType(c) == Character.SURROGATE ? ' ' : c);
        }
        return text.toString();
    }

    /** The text without the bytes that the vocabulary has no token for. */
    private static String expressible(String text, BitSet missing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte b : text.getBytes(UTF_8)) {
            if (!missing.get(b & 0xFF)) {
                bytes.write(b);
            }
        }
        return bytes.toString(UTF_8);
    }

    private static BitSet missingBytes(String model) throws IOException {
        BitSet missing = new BitSet(256);
        try (GgufFile file = GgufFile.open(SharedFiles.shared("models/" + model + ".gguf"))) {
            Set<String> tokens =
                    Set.copyOf(file.metadata().strings("tokenizer.ggml.tokens").orElseThrow());
            for (int b = 0; b < 256; b++) {
                missing.set(b, !tokens.contains(String.valueOf(ByteAlphabet.charOf(b))));
            }
        }
        // The tiny model's vocabulary has every byte; SmolLM2's lacks some control characters and rare lead bytes.
        assertThat(missing.cardinality()).isLessThan(model.equals(TINY) ? 1 : 40);
        assertThat(missing.get(' ', 0x7F).cardinality()).isZero();
        return missing;
    }

    private static String decode(Tokenizer tokenizer, int[] ids) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int id : ids) {
            bytes.writeBytes(tokenizer.bytes(id));
        }
        return bytes.toString(UTF_8);
    }

    private static Tokenizer load(String model) throws IOException {
        try (GgufFile file = GgufFile.open(SharedFiles.shared("models/" + model + ".gguf"))) {
            return GgufTokenizer.from(file.metadata());
        }
    }
}
