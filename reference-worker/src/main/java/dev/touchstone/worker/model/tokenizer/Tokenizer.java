package dev.touchstone.worker.model.tokenizer;

/** Text to token ids and back, as a model's GGUF metadata defines it. Immutable, thread-safe. */
public interface Tokenizer {

    /** Such as {@code gguf-bpe}. */
    String kind();

    int vocabSize();

    /**
     * Encodes text without adding anything.
     *
     * @param parseSpecial whether the text of a special token is read as that token
     */
    int[] encode(String text, boolean parseSpecial);

    /** Encodes a prompt: special tokens recognised, a begin-of-sequence token first where the metadata asks for it. */
    int[] encodePrompt(String text);

    /** The bytes that the token stands for; empty for control tokens, whose text never reaches a user. */
    byte[] bytes(int id);

    /** Whether generation ends at this token (end of sequence, end of turn). */
    boolean endsGeneration(int id);
}
