package dev.touchstone.worker.synth;

import dev.touchstone.worker.model.gguf.GgufException;
import dev.touchstone.worker.model.gguf.GgufFile;
import dev.touchstone.worker.model.gguf.GgufMetadata;
import dev.touchstone.worker.model.tokenizer.GgufTokenizer;
import dev.touchstone.worker.model.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The embedded model's vocabulary, which made-up models take over, filled up with unused tokens to the size that their
 * shape wants. An unused token stands for no text and is found in none.
 */
final class DonorVocabulary {
    private static final String DONOR = "/models/touchstone-tiny-q8_0.gguf";
    private static final int UNUSED = 5;

    private final GgufMetadata metadata;
    private final Tokenizer tokenizer;
    private final int size;

    private DonorVocabulary(GgufMetadata metadata, Tokenizer tokenizer, int size) {
        this.metadata = metadata;
        this.tokenizer = tokenizer;
        this.size = size;
    }

    /**
     * Reads the embedded model's vocabulary.
     *
     * @throws IOException if this build carries no model or {@code size} is below its vocabulary's
     */
    static DonorVocabulary ofSize(int size) throws IOException {
        Path copy = Files.createTempFile("touchstone-", ".gguf");
        try (InputStream in = DonorVocabulary.class.getResourceAsStream(DONOR)) {
            if (in == null) {
                throw new IOException("This build carries no model whose vocabulary could be taken.");
            }
            Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
            try (GgufFile file = GgufFile.open(copy)) {
                Tokenizer tokenizer = GgufTokenizer.from(file.metadata());
                if (size < tokenizer.vocabSize()) {
                    throw new GgufException("A vocabulary of %d tokens was asked for; accepted are %d or more."
                            .formatted(size, tokenizer.vocabSize()));
                }
                return new DonorVocabulary(file.metadata(), tokenizer, size);
            }
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    List<String> tokens() {
        List<String> tokens = new ArrayList<>(strings("tokenizer.ggml.tokens"));
        for (int id = tokens.size(); id < size; id++) {
            tokens.add("<|unused_" + id + "|>");
        }
        return tokens;
    }

    /** Types as GGUF numbers them: 1 normal, 3 control, 5 unused. */
    int[] types() {
        int[] types = new int[size];
        Arrays.fill(types, UNUSED);
        long[] known = metadata.integers("tokenizer.ggml.token_type").orElse(new long[0]);
        for (int id = 0; id < known.length; id++) {
            types[id] = (int) known[id];
        }
        return types;
    }

    List<String> merges() {
        return strings("tokenizer.ggml.merges");
    }

    String text(String key) {
        return metadata.string(key).orElse("");
    }

    int id(String key) {
        return (int) metadata.integer(key).orElse(0);
    }

    /**
     * Ids that a model should hardly ever choose: those that end a text, those without any, and those that are part of a
     * character. A trained model seldom does either; a random one would do so all the time.
     */
    BitSet quiet() {
        BitSet quiet = new BitSet(size);
        quiet.set(0, size);
        for (int id = 0; id < tokenizer.vocabSize(); id++) {
            quiet.set(id, tokenizer.endsGeneration(id) || !isText(tokenizer.bytes(id)));
        }
        return quiet;
    }

    private static boolean isText(byte[] bytes) {
        try {
            return !StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .isEmpty();
        } catch (CharacterCodingException partOfACharacter) {
            return false;
        }
    }

    private List<String> strings(String key) {
        return metadata.strings(key).orElse(List.of());
    }
}
