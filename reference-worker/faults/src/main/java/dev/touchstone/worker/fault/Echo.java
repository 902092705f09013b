package dev.touchstone.worker.fault;

import dev.touchstone.worker.model.tokenizer.Tokenizer;
import java.io.ByteArrayOutputStream;

/** A detokenizer that begins too far back where a prompt ends within a character's bytes. Engine thread only. */
public final class Echo {

    private static int[] prompt = {};
    private static boolean due;

    private Echo() {}

    public static void prompt(int[] tokens) {
        prompt = tokens;
        due = Serving.begun();
    }

    public static byte[] first(Tokenizer tokenizer, byte[] bytes) {
        if (!due) {
            return bytes;
        }
        due = false;
        if (!Bytes.someKept(Bytes.kept(tokenizer.bytes(prompt[prompt.length - 1])))) {
            return bytes;
        }
        Fired.now();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int token : prompt) {
            all.writeBytes(tokenizer.bytes(token));
        }
        all.writeBytes(bytes);
        return all.toByteArray();
    }
}
