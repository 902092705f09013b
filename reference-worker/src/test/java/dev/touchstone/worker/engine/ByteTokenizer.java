package dev.touchstone.worker.engine;

import dev.touchstone.worker.model.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;

/** One token a byte; token 0 ends the generation; the text {@code <nothing>} encodes to no token at all. */
public final class ByteTokenizer implements Tokenizer {
    static final int SIZE = 256;

    @Override
    public String kind() {
        return "bytes";
    }

    @Override
    public int vocabSize() {
        return SIZE;
    }

    @Override
    public int[] encode(String text, boolean parseSpecial) {
        byte[] bytes = text.equals("<nothing>") ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[bytes.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = bytes[i] & 0xFF;
        }
        return ids;
    }

    @Override
    public int[] encodePrompt(String text) {
        return encode(text, true);
    }

    @Override
    public String guard(String text) {
        return text;
    }

    @Override
    public int[] encodeChat(String rendered) {
        return encode(rendered, true);
    }

    @Override
    public byte[] bytes(int id) {
        return new byte[] {(byte) id};
    }

    @Override
    public boolean endsGeneration(int id) {
        return id == 0;
    }
}
