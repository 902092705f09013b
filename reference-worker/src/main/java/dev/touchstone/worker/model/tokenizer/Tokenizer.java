package dev.touchstone.worker.model.tokenizer;

/** Text to token ids and back, as a model's GGUF metadata defines it. Immutable, thread-safe. */
public interface Tokenizer {
    /** A noncharacter of Unicode, which no text between programs holds: the mark that {@link #guard} sets. */
    char GUARD = '\uFDD0';

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

    /**
     * Marks the texts of special tokens in what a user wrote, so that {@link #encodeChat} does not take them for the
     * tokens; all else is left as it is.
     */
    String guard(String text);

    /**
     * Encodes a rendered chat: special tokens recognised but where they are guarded, the marks left out, and a
     * begin-of-sequence token first where the metadata asks for it and the text does not begin with it.
     */
    int[] encodeChat(String rendered);

    /** The bytes that the token stands for; empty for control tokens, whose text never reaches a user. */
    byte[] bytes(int id);

    /** Whether generation ends at this token (end of sequence, end of turn). */
    boolean endsGeneration(int id);
}
