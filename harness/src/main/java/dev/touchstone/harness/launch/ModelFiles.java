package dev.touchstone.harness.launch;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A folder of model files that no worker can serve, for LI-01 and VR-06. All are small on the disk. Thread-safe; closing
 * it removes the folder.
 */
public final class ModelFiles implements AutoCloseable {
    private static final int F32 = 0;
    private static final int F16 = 1;
    /** No such type exists, and the format's numbers are given out from 0 on. */
    private static final int UNKNOWN_TYPE = 9_999;

    private static final String UNKNOWN = "touchstone-unknown";

    private final Path folder;

    private ModelFiles(Path folder) {
        this.folder = folder;
    }

    /** Makes an empty folder for them. */
    public static ModelFiles create() throws IOException {
        return new ModelFiles(Files.createTempDirectory("touchstone-models-"));
    }

    /** What is wrong with a file. */
    public enum Flaw {
        MISSING,
        CUT_IN_ITS_HEADER,
        CUT_IN_ITS_TENSORS,
        NOT_GGUF,
        UNKNOWN_ARCHITECTURE,
        UNKNOWN_TENSOR_TYPE;

        /** The value in the file that is wrong, where there is one; else empty. */
        public String inner() {
            return switch (this) {
                case UNKNOWN_ARCHITECTURE -> UNKNOWN;
                case UNKNOWN_TENSOR_TYPE -> Integer.toString(UNKNOWN_TYPE);
                case MISSING, CUT_IN_ITS_HEADER, CUT_IN_ITS_TENSORS, NOT_GGUF -> "";
            };
        }

        /** In lower case, with spaces. */
        public String words() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ').replace("gguf", "GGUF");
        }
    }

    /** Writes a file with that flaw, and returns where it is. */
    public Path file(Flaw flaw) throws IOException {
        Path file = folder.resolve(flaw.name().toLowerCase(Locale.ROOT).replace('_', '-') + ".gguf");
        byte[] whole = whole(llama("llama", 64, 128, 1), F32);
        switch (flaw) {
            case MISSING -> Files.deleteIfExists(file);
            case CUT_IN_ITS_HEADER -> Files.write(file, Arrays.copyOf(whole, 64));
            case CUT_IN_ITS_TENSORS -> Files.write(file, Arrays.copyOf(whole, whole.length - 4096));
            case NOT_GGUF ->
                Files.writeString(file, "This is a text and no model.\n".repeat(64), StandardCharsets.UTF_8);
            case UNKNOWN_ARCHITECTURE -> Files.write(file, whole(llama(UNKNOWN, 64, 128, 1), F32));
            case UNKNOWN_TENSOR_TYPE -> Files.write(file, whole(llama("llama", 64, 128, 1), UNKNOWN_TYPE));
        }
        return file;
    }

    /**
     * A model that is too large for a GPU and otherwise whole.
     *
     * @param tensorBytes of all its tensors
     */
    public record Huge(Path path, long tensorBytes) {}

    /** Writes a model of at least that many bytes of tensors, as a file with a hole: it takes hardly any disk. */
    public Huge huge(long atLeast) throws IOException {
        int width = 4096;
        int inner = 14_336;
        long block = 2L * (4L * width * width + 3L * width * inner);
        int blocks = (int) Math.min(1 << 16, atLeast / block + 1);
        // heads as real models have them: an engine may look at their size before it looks at the memory
        GgufBytes head = llama("llama", width, inner, blocks, width / 128);
        tensors(head, width, inner, blocks, F16);
        Path file = folder.resolve("too-large.gguf");
        byte[] bytes = head.head();
        Files.write(file, bytes);
        try (var hole = new RandomAccessFile(file.toFile(), "rw")) {
            hole.setLength(bytes.length + head.dataBytes());
        }
        return new Huge(file, head.dataBytes());
    }

    private static byte[] whole(GgufBytes head, int type) {
        tensors(head, 64, 128, 1, type);
        byte[] bytes = head.head();
        return Arrays.copyOf(bytes, bytes.length + (int) head.dataBytes());
    }

    /** Metadata of a model in the manner of Llama whose tokens are the bytes. */
    private static GgufBytes llama(String architecture, int width, int inner, int blocks) {
        return llama(architecture, width, inner, blocks, 4);
    }

    private static GgufBytes llama(String architecture, int width, int inner, int blocks, int heads) {
        List<String> tokens = tokens();
        return new GgufBytes()
                .text("general.architecture", architecture)
                .text("general.name", "touchstone-unfit")
                .count(architecture + ".context_length", 512)
                .count(architecture + ".embedding_length", width)
                .count(architecture + ".feed_forward_length", inner)
                .count(architecture + ".block_count", blocks)
                .count(architecture + ".attention.head_count", heads)
                .count(architecture + ".attention.head_count_kv", heads)
                .count(architecture + ".rope.dimension_count", width / heads)
                .count(architecture + ".vocab_size", tokens.size())
                .decimal(architecture + ".attention.layer_norm_rms_epsilon", 1e-5f)
                .decimal(architecture + ".rope.freq_base", 10_000)
                .text("tokenizer.ggml.model", "gpt2")
                .text("tokenizer.ggml.pre", "smollm")
                .texts("tokenizer.ggml.tokens", tokens)
                .counts(
                        "tokenizer.ggml.token_type",
                        tokens.stream()
                                .map(t -> t.equals("<|endoftext|>") ? 3 : 1)
                                .toList())
                .texts("tokenizer.ggml.merges", List.of("a b"))
                .count("tokenizer.ggml.bos_token_id", tokens.size() - 1)
                .count("tokenizer.ggml.eos_token_id", tokens.size() - 1);
    }

    /** The 256 bytes in the alphabet of byte-level BPE, one pair, and an end of text. */
    private static List<String> tokens() {
        List<String> tokens = new ArrayList<>();
        int other = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b > 32 && b < 127) || (b > 160 && b != 173);
            tokens.add(Character.toString(printable ? b : other++));
        }
        tokens.add("ab");
        tokens.add("<|endoftext|>");
        return tokens;
    }

    private static void tensors(GgufBytes head, int width, int inner, int blocks, int type) {
        int vocab = tokens().size();
        matrix(head, "token_embd.weight", type, width, vocab);
        vector(head, "output_norm.weight", width);
        matrix(head, "output.weight", type, width, vocab);
        for (int n = 0; n < blocks; n++) {
            String block = "blk." + n + ".";
            vector(head, block + "attn_norm.weight", width);
            for (String part : List.of("attn_q", "attn_k", "attn_v", "attn_output")) {
                matrix(head, block + part + ".weight", type, width, width);
            }
            vector(head, block + "ffn_norm.weight", width);
            matrix(head, block + "ffn_gate.weight", type, width, inner);
            matrix(head, block + "ffn_up.weight", type, width, inner);
            matrix(head, block + "ffn_down.weight", type, inner, width);
        }
    }

    private static void matrix(GgufBytes head, String name, int type, long columns, long rows) {
        long bytes = columns * rows * (type == F16 ? 2 : 4);
        head.tensor(name, type, bytes, columns, rows);
    }

    private static void vector(GgufBytes head, String name, long length) {
        head.tensor(name, F32, length * 4, length);
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(one);
            }
        }
    }
}
