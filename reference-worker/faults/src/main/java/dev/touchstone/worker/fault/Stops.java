package dev.touchstone.worker.fault;

import java.util.List;

/** Where stop sequences lie; for the engine thread, which has one text at a time. */
public final class Stops {

    /** 2: a match was found and is not told; 1: one token more may come; 0: all is told. */
    private static int left;

    private Stops() {}

    /** Where the first of them begins, or -1. */
    public static int first(CharSequence text, List<String> stops) {
        String all = text.toString();
        return stops.stream().mapToInt(all::indexOf).filter(at -> at >= 0).min().orElse(-1);
    }

    /** What of this token stands behind a sequence that it completed; the match is not told yet. */
    public static String behind(String token, List<String> stops) {
        left = 2;
        for (int from = token.length(); from > 0; from--) {
            String head = token.substring(0, from);
            if (stops.stream().anyMatch(stop -> endsAlike(head, stop))) {
                return flush(token.substring(from));
            }
        }
        return "";
    }

    /** One more token. */
    public static String flushed(String token) {
        if (left != 1) {
            return "";
        }
        left = 0;
        return flush(token);
    }

    private static String flush(String text) {
        if (!text.isEmpty()) {
            Fired.now();
        }
        return text;
    }

    /** Whether the match is told now; it is the second time. */
    public static boolean told() {
        if (left == 2) {
            left = 1;
            return false;
        }
        return true;
    }

    private static boolean endsAlike(String head, String stop) {
        return head.endsWith(stop) || stop.endsWith(head);
    }
}
