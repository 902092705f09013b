package dev.touchstone.worker.model.tokenizer;

import java.util.Optional;

/** What a token is for, in the order of the numbers 1 to 6 of {@code tokenizer.ggml.token_type}. */
enum TokenKind {
    NORMAL,
    UNKNOWN,
    CONTROL,
    USER_DEFINED,
    UNUSED,
    BYTE;

    private static final TokenKind[] BY_NUMBER = values();

    static Optional<TokenKind> numbered(long number) {
        return number >= 1 && number <= BY_NUMBER.length ? Optional.of(BY_NUMBER[(int) number - 1]) : Optional.empty();
    }
}
