package dev.touchstone.worker.synth;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Writes a model of random weights: the same shape, type and seed give the same bytes on every machine. It streams: besides
 * the header, about 6 MiB a thread are held, whatever the model's size. Immutable.
 */
public final class ModelSynthesis {
    private final SynthShape shape;
    private final SynthType type;
    private final long seed;

    public ModelSynthesis(SynthShape shape, SynthType type, long seed) {
        this.shape = shape;
        this.type = type;
        this.seed = seed;
    }

    /**
     * Writes the model; an existing file is replaced once the new one is whole.
     *
     * @param threads how many threads compute and write; 1 or more
     * @return bytes of the file
     * @throws IOException with one sentence as message, if the file cannot be written; nothing is left then
     */
    public long write(Path out, int threads) throws IOException {
        Path target = out.toAbsolutePath();
        if (Files.isDirectory(target) || target.getParent() == null || !Files.isDirectory(target.getParent())) {
            throw new IOException(
                    "The file to write is %s; accepted is a file in a folder that exists.".formatted(out));
        }
        DonorVocabulary vocabulary = DonorVocabulary.ofSize(shape.vocabSize());
        List<TensorPlan> tensors = Blueprint.of(shape, type, vocabulary.quiet());
        byte[] head = head(vocabulary).toBytes(tensors);
        long size = head.length + end(tensors);
        long room = Files.getFileStore(target.getParent()).getUsableSpace();
        if (room < size) {
            throw new IOException("%s needs %d bytes, but %d are free there; choose another folder with --out."
                    .formatted(out, size, room));
        }
        Path partial = target.resolveSibling(target.getFileName() + ".part");
        try {
            write(partial, head, size, tensors, threads);
            Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(partial);
        }
        return size;
    }

    private void write(Path partial, byte[] head, long size, List<TensorPlan> tensors, int threads) throws IOException {
        try (FileChannel channel = FileChannel.open(
                        partial,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING);
                TensorWriter writer = new TensorWriter(channel, seed, threads)) {
            TensorWriter.writeFully(channel, new byte[1], size - 1);
            TensorWriter.writeFully(channel, head, 0);
            writer.write(tensors, head.length);
        }
    }

    private static long end(List<TensorPlan> tensors) {
        TensorPlan last = tensors.getLast();
        return Blueprint.aligned(last.offset() + last.bytes());
    }

    private GgufHead head(DonorVocabulary vocabulary) {
        String arch = shape.architecture() + ".";
        GgufHead head = new GgufHead()
                .text("general.architecture", shape.architecture())
                .text(
                        "general.name",
                        "Synthetic %s %s, seed %s".formatted(shape.name(), type, Long.toUnsignedString(seed)))
                .text("general.description", "Random weights of a real model's shape, made by touchstone model synth.")
                .number("general.alignment", Blueprint.ALIGNMENT)
                .number("general.file_type", type.fileType())
                .number("general.quantization_version", 2)
                .number(arch + "block_count", shape.layers())
                .number(arch + "context_length", shape.context())
                .number(arch + "embedding_length", shape.hidden())
                .number(arch + "feed_forward_length", shape.feedForward())
                .number(arch + "attention.head_count", shape.heads())
                .number(arch + "attention.head_count_kv", shape.kvHeads())
                .number(arch + "attention.key_length", shape.headSize())
                .number(arch + "attention.value_length", shape.headSize())
                .number(arch + "rope.dimension_count", shape.headSize())
                .number(arch + "vocab_size", shape.vocabSize())
                .real(arch + "rope.freq_base", shape.ropeBase())
                .real(arch + "attention.layer_norm_rms_epsilon", shape.epsilon());
        return tokenizer(head, vocabulary);
    }

    private static GgufHead tokenizer(GgufHead head, DonorVocabulary vocabulary) {
        for (String key : List.of("tokenizer.ggml.model", "tokenizer.ggml.pre", "tokenizer.chat_template")) {
            head.text(key, vocabulary.text(key));
        }
        for (String key : List.of("bos_token_id", "eos_token_id", "padding_token_id")) {
            head.number("tokenizer.ggml." + key, vocabulary.id("tokenizer.ggml." + key));
        }
        return head.flag("tokenizer.ggml.add_bos_token", false)
                .texts("tokenizer.ggml.tokens", vocabulary.tokens())
                .numbers("tokenizer.ggml.token_type", vocabulary.types())
                .texts("tokenizer.ggml.merges", vocabulary.merges());
    }
}
