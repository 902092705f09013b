package dev.touchstone.harness.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.Random;

/** Breaks a byte sequence in a few places: what parsers stumble over, put in, put over, taken out or doubled. */
public final class Mutations {

    private static final byte[][] STUMBLING_BLOCKS = {
        {'\r', '\r', '\n'},
        {'\n'},
        {'\r'},
        {'\n', '\n'},
        {(byte) 0xef, (byte) 0xbb, (byte) 0xbf},
        {0},
        {(byte) 0xc0, (byte) 0x80},
        {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
        {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
        {(byte) 0xe2, (byte) 0x82},
        {(byte) 0xf0, (byte) 0x9f},
        {(byte) 0x80},
        {(byte) 0xff},
        {':'},
        {' '},
        {'"'},
        {'\\', 'u', 'd', '8', '3', 'd'},
        {'{', '[', '{'},
        {'1', 'e', '9', '9', '9', '9'},
        {'\n', 'd', 'a', 't', 'a', '\n'},
        {'\n', 'i', 'd', ':', 0, '\n'},
        {'\n', 'e', 'v', 'e', 'n', 't', ':', 'x', '\n', '\n'}
    };

    private Mutations() {}

    public static byte[] of(byte[] original, Random random) {
        byte[] bytes = original;
        for (int times = 1 + random.nextInt(4); times > 0; times--) {
            bytes = once(bytes, random);
        }
        return bytes;
    }

    private static byte[] once(byte[] bytes, Random random) {
        int from = random.nextInt(bytes.length + 1);
        int to = Math.min(bytes.length, from + random.nextInt(6));
        var changed = new ByteArrayOutputStream();
        changed.write(bytes, 0, from);
        switch (random.nextInt(4)) {
            case 0 -> changed.writeBytes(STUMBLING_BLOCKS[random.nextInt(STUMBLING_BLOCKS.length)]);
            case 1 -> {
                changed.writeBytes(STUMBLING_BLOCKS[random.nextInt(STUMBLING_BLOCKS.length)]);
                from = to;
            }
            case 2 -> from = to;
            default -> changed.write(bytes, from, to - from);
        }
        changed.write(bytes, from, bytes.length - from);
        return changed.toByteArray();
    }
}
