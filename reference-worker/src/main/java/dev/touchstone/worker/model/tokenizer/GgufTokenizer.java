package dev.touchstone.worker.model.tokenizer;

import dev.touchstone.worker.model.gguf.GgufException;
import dev.touchstone.worker.model.gguf.GgufMetadata;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** Makes the tokenizer that a model file's metadata describes: byte-level BPE with a known pre-tokenizer. */
public final class GgufTokenizer {
    private static final Set<String> END_NAMES = Set.of(
            "<|im_end|>",
            "<|endoftext|>",
            "<|eot_id|>",
            "<|eom_id|>",
            "<|end_of_text|>",
            "<|end|>",
            "<end_of_turn>",
            "<|endofturn|>",
            "</s>");
    private static final List<String> END_KEYS = List.of("eos_token_id", "eot_token_id", "eom_token_id");

    private final GgufMetadata metadata;

    private GgufTokenizer(GgufMetadata metadata) {
        this.metadata = metadata;
    }

    /**
     * Builds the tokenizer; it keeps nothing of the metadata.
     *
     * @throws GgufException if the metadata is incomplete, contradicts itself or names what is not supported
     */
    public static Tokenizer from(GgufMetadata metadata) throws GgufException {
        return new GgufTokenizer(metadata).build();
    }

    private Tokenizer build() throws GgufException {
        String model = metadata.string("tokenizer.ggml.model").orElse("");
        if (!model.equals("gpt2")) {
            throw new GgufException("The tokenizer model is %s; supported is gpt2 (byte-level BPE)."
                    .formatted(GgufException.quote(model)));
        }
        PreTokenizer pre = preTokenizer();
        Vocabulary vocabulary = vocabulary();
        return new BpeTokenizer(vocabulary, merges(vocabulary), pre, bos(vocabulary, pre), ends(vocabulary));
    }

    private PreTokenizer preTokenizer() throws GgufException {
        String label = metadata.string("tokenizer.ggml.pre").orElse("");
        return PreTokenizer.named(label)
                .orElseThrow(() -> new GgufException("The pre-tokenizer is %s; supported are %s."
                        .formatted(GgufException.quote(label), PreTokenizer.supported())));
    }

    private Vocabulary vocabulary() throws GgufException {
        List<String> tokens = metadata.strings("tokenizer.ggml.tokens").orElse(List.of());
        if (tokens.isEmpty()) {
            throw new GgufException(
                    "The metadata 'tokenizer.ggml.tokens' is missing; a list of token texts is needed.");
        }
        TokenKind[] kinds = new TokenKind[tokens.size()];
        Arrays.fill(kinds, TokenKind.NORMAL);
        long[] numbers = metadata.integers("tokenizer.ggml.token_type").orElse(new long[0]);
        if (numbers.length != 0 && numbers.length != kinds.length) {
            throw new GgufException("The metadata 'tokenizer.ggml.token_type' has %d elements for %d tokens."
                    .formatted(numbers.length, kinds.length));
        }
        for (int id = 0; id < numbers.length; id++) {
            long number = numbers[id];
            kinds[id] = TokenKind.numbered(number)
                    .orElseThrow(
                            () -> new GgufException("A token's type is %d; accepted are 1 to 6.".formatted(number)));
        }
        return new Vocabulary(tokens, kinds);
    }

    private MergeTable merges(Vocabulary vocabulary) throws GgufException {
        List<String> lines = metadata.strings("tokenizer.ggml.merges")
                .orElseThrow(() -> new GgufException(
                        "The metadata 'tokenizer.ggml.merges' is missing; a list of token pairs is needed."));
        MergeTable merges = new MergeTable(lines.size());
        for (int rank = 0; rank < lines.size(); rank++) {
            String line = lines.get(rank);
            int space = line.indexOf(' ', 1);
            if (space < 0) {
                throw unusable(line, rank);
            }
            String left = line.substring(0, space);
            String right = line.substring(space + 1);
            OptionalInt whole = vocabulary.id(left + right);
            OptionalInt leftId = vocabulary.id(left);
            OptionalInt rightId = vocabulary.id(right);
            if (whole.isEmpty() || leftId.isEmpty() || rightId.isEmpty()) {
                throw unusable(line, rank);
            }
            merges.add(leftId.getAsInt(), rightId.getAsInt(), rank, whole.getAsInt());
        }
        return merges;
    }

    private static GgufException unusable(String line, int rank) {
        return new GgufException("Merge %d is %s; accepted are two tokens with a space between, whose union is a token."
                .formatted(rank, GgufException.quote(line)));
    }

    private OptionalInt bos(Vocabulary vocabulary, PreTokenizer pre) throws GgufException {
        if (!metadata.flag("tokenizer.ggml.add_bos_token").orElse(pre.beginsWithBos())) {
            return OptionalInt.empty();
        }
        OptionalInt bos = id("bos_token_id", vocabulary);
        if (bos.isEmpty()) {
            throw new GgufException(
                    "A begin-of-sequence token is asked for, but 'tokenizer.ggml.bos_token_id' is missing.");
        }
        return bos;
    }

    private BitSet ends(Vocabulary vocabulary) throws GgufException {
        BitSet ends = new BitSet(vocabulary.size());
        for (String key : END_KEYS) {
            id(key, vocabulary).ifPresent(ends::set);
        }
        for (String name : END_NAMES) {
            vocabulary.id(name).ifPresent(id -> {
                if (vocabulary.kind(id) == TokenKind.CONTROL) {
                    ends.set(id);
                }
            });
        }
        return ends;
    }

    private OptionalInt id(String key, Vocabulary vocabulary) throws GgufException {
        OptionalLong id = metadata.integer("tokenizer.ggml." + key);
        if (id.isEmpty()) {
            return OptionalInt.empty();
        }
        if (id.getAsLong() < 0 || id.getAsLong() >= vocabulary.size()) {
            throw new GgufException("The metadata 'tokenizer.ggml.%s' is %d; accepted are 0 to %d."
                    .formatted(key, id.getAsLong(), vocabulary.size() - 1));
        }
        return OptionalInt.of((int) id.getAsLong());
    }
}
