package dev.touchstone.worker.model.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Token texts and kinds by id. Immutable, thread-safe. */
final class Vocabulary {
    private final List<String> texts;
    private final TokenKind[] kinds;
    private final byte[][] bytes;
    private final Map<String, Integer> ids = new HashMap<>();

    Vocabulary(List<String> texts, TokenKind[] kinds) {
        this.texts = List.copyOf(texts);
        this.kinds = kinds.clone();
        bytes = new byte[kinds.length][];
        for (int id = 0; id < kinds.length; id++) {
            String text = texts.get(id);
            ids.put(text, id);
            bytes[id] = switch (kinds[id]) {
                case NORMAL, BYTE -> ByteAlphabet.decode(text);
                case USER_DEFINED -> text.getBytes(StandardCharsets.UTF_8);
                case UNKNOWN, CONTROL, UNUSED -> new byte[0];
            };
        }
    }

    int size() {
        return kinds.length;
    }

    OptionalInt id(String text) {
        Integer id = ids.get(text);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    TokenKind kind(int id) {
        return kinds[id];
    }

    byte[] bytes(int id) {
        return bytes[id].clone();
    }

    /** Tokens whose text is recognised as a whole: the longest first, since a shorter one may lie inside it. */
    List<Special> specials() {
        List<Special> specials = new ArrayList<>();
        for (int id = 0; id < kinds.length; id++) {
            boolean always = kinds[id] == TokenKind.USER_DEFINED;
            if ((always || kinds[id] == TokenKind.CONTROL || kinds[id] == TokenKind.UNKNOWN)
                    && !texts.get(id).isEmpty()) {
                specials.add(new Special(texts.get(id), id, always));
            }
        }
        specials.sort(
                Comparator.comparingInt((Special special) -> special.text().length())
                        .reversed());
        return List.copyOf(specials);
    }

    /** @param always whether the text is this token even where special tokens are not parsed */
    record Special(String text, int id, boolean always) {}
}
