package dev.touchstone.harness.sse;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Generates streams in which the strict reader may find nothing to blame. */
final class LegalStream {

    private static final String[] VALUES = {
        "",
        " ",
        "token",
        "{\"t\":\"😀é\",\"i\":0}",
        "a:b",
        " two  spaces ",
        "data: x",
        "\t",
        "中文 فارسی",
        "x\uFEFFy",
        "👩‍👩‍👧",
        "\uFFFD",
        "\u2028",
        "\u0085",
        ":",
        "\u0001"
    };
    private static final String[] OTHER = {"odd", "Data", "EVENT", "data ", "ids", "\t", "é", "retry2", "😀"};
    private static final String[] LINE_ENDS = {"\n", "\r", "\r\n"};

    private final Random random;
    private final String lineEnd;
    private final boolean mixed;
    private final int longest;
    private final StringBuilder text = new StringBuilder();

    private LegalStream(Random random) {
        this.random = random;
        this.lineEnd = LINE_ENDS[random.nextInt(3)];
        this.mixed = random.nextInt(3) == 0;
        this.longest = random.nextInt(8) == 0 ? 20_000 : 12;
    }

    static byte[] of(Random random) {
        return new LegalStream(random).bytes(random.nextInt(9));
    }

    private byte[] bytes(int blocks) {
        text.append(random.nextInt(3) == 0 ? "\uFEFF" : "");
        for (int i = 0; i < blocks; i++) {
            block();
            for (int blank = random.nextInt(4) == 0 ? 2 : 1; blank > 0; blank--) {
                end(true);
            }
        }
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(text.toString().getBytes(StandardCharsets.UTF_8));
        return bytes.toByteArray();
    }

    /** An event, a heartbeat of comments, an id or a retry alone, or nothing: all of them legal. */
    private void block() {
        int kind = random.nextInt(6);
        int lines = kind == 0 ? 0 : 1 + random.nextInt(4);
        int dataAt = kind >= 3 ? random.nextInt(lines) : -1;
        for (int i = 0; i < lines; i++) {
            if (i == dataAt) {
                line("data", value());
            } else if (kind == 1) {
                line("", value());
            } else {
                other(kind >= 3);
            }
        }
    }

    private void other(boolean withData) {
        switch (random.nextInt(withData ? 6 : 4)) {
            case 0 -> line("", value());
            case 1 -> line("id", value());
            case 2 -> line("retry", String.valueOf(random.nextInt(100_000)));
            case 3 -> line(OTHER[random.nextInt(OTHER.length)], value());
            case 4 -> line("event", value());
            default -> line("data", value());
        }
    }

    private String value() {
        String value = VALUES[random.nextInt(VALUES.length)];
        return random.nextInt(10) == 0 ? value.repeat(random.nextInt(longest)) : value;
    }

    private void line(String name, String value) {
        text.append(name);
        if (name.isEmpty() || !value.isEmpty() || random.nextBoolean()) {
            text.append(random.nextBoolean() ? ":" : ": ").append(value);
        }
        end(false);
    }

    /** Ends a line; a blank one after a CR by CR, for LF would join that CR, and CRLF would make CR CR LF. */
    private void end(boolean blank) {
        boolean afterReturn = !text.isEmpty() && text.charAt(text.length() - 1) == '\r';
        text.append(blank && afterReturn ? "\r" : mixed ? LINE_ENDS[random.nextInt(3)] : lineEnd);
    }
}
