package dev.touchstone.worker.model.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Byte-level byte-pair encoding. Time is O(n log n) in the text's length, whatever the text. A few vocabularies lack
 * tokens for bytes that their training text never had (SmolLM2's, for one): such bytes are left out, as llama.cpp does.
 */
final class BpeTokenizer implements Tokenizer {
    private static final int REPLACEMENT = 0xFFFD;

    private final Vocabulary vocabulary;
    private final MergeTable merges;
    private final PreTokenizer pre;
    private final SpecialTokens specials;
    private final OptionalInt bos;
    private final BitSet ends;
    private final int[] byteIds = new int[256];

    /** @param bos the token to put before every prompt, if any */
    BpeTokenizer(Vocabulary vocabulary, MergeTable merges, PreTokenizer pre, OptionalInt bos, BitSet ends) {
        this.vocabulary = vocabulary;
        this.merges = merges;
        this.pre = pre;
        this.specials = new SpecialTokens(vocabulary.specials());
        this.bos = bos;
        this.ends = (BitSet) ends.clone();
        for (int b = 0; b < 256; b++) {
            byteIds[b] = vocabulary.id(String.valueOf(ByteAlphabet.charOf(b))).orElse(-1);
        }
    }

    @Override
    public String kind() {
        return "gguf-bpe";
    }

    @Override
    public int vocabSize() {
        return vocabulary.size();
    }

    @Override
    public int[] encode(String text, boolean parseSpecial) {
        TokenList out = new TokenList(text.length() / 3);
        encode(text, parseSpecial, out);
        return out.toArray();
    }

    @Override
    public int[] encodePrompt(String text) {
        TokenList out = new TokenList(text.length() / 3);
        bos.ifPresent(out::add);
        encode(text, true, out);
        return out.toArray();
    }

    @Override
    public String guard(String text) {
        return specials.guard(text);
    }

    @Override
    public int[] encodeChat(String rendered) {
        TokenList body = new TokenList(rendered.length() / 3);
        for (SpecialTokens.Part part : specials.cut(rendered, true)) {
            switch (part) {
                case SpecialTokens.Token token -> body.add(token.id());
                case SpecialTokens.Raw raw ->
                    encodeRaw(rendered.substring(raw.from(), raw.to()).replace(String.valueOf(GUARD), ""), body);
            }
        }
        int[] ids = body.toArray();
        if (bos.isEmpty() || (ids.length > 0 && ids[0] == bos.getAsInt())) {
            return ids;
        }
        return IntStream.concat(IntStream.of(bos.getAsInt()), IntStream.of(ids)).toArray();
    }

    @Override
    public byte[] bytes(int id) {
        return vocabulary.bytes(Objects.checkIndex(id, vocabulary.size()));
    }

    @Override
    public boolean endsGeneration(int id) {
        return ends.get(id);
    }

    private void encode(String text, boolean parseSpecial, TokenList out) {
        for (SpecialTokens.Part part : specials.cut(text, parseSpecial)) {
            switch (part) {
                case SpecialTokens.Token token -> out.add(token.id());
                case SpecialTokens.Raw raw -> encodeRaw(text.substring(raw.from(), raw.to()), out);
            }
        }
    }

    private void encodeRaw(String text, TokenList out) {
        int[] points = text.codePoints()
                .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? REPLACEMENT : c)
                .toArray();
        int from = 0;
        while (from < points.length) {
            int to = pre.splitter().next(points, from, points.length);
            encodePiece(new String(points, from, to - from), out);
            from = to;
        }
    }

    private void encodePiece(String piece, TokenList out) {
        byte[] utf8 = piece.getBytes(StandardCharsets.UTF_8);
        if (pre.wholePiecesFirst()) {
            OptionalInt whole = vocabulary.id(spell(utf8));
            if (whole.isPresent()) {
                out.add(whole.getAsInt());
                return;
            }
        }
        int[] ids = new int[utf8.length];
        for (int i = 0; i < utf8.length; i++) {
            ids[i] = byteIds[utf8[i] & 0xFF];
        }
        new PieceMerger(merges, ids).mergeInto(out);
    }

    private static String spell(byte[] utf8) {
        StringBuilder text = new StringBuilder(utf8.length);
        for (byte b : utf8) {
            text.append(ByteAlphabet.charOf(b & 0xFF));
        }
        return text.toString();
    }
}
