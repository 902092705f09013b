package dev.touchstone.worker.generate;

import java.util.List;

/**
 * Finds stop sequences in a growing text and holds back exactly the longest tail that may still become one. The match
 * that completes first wins, of several that complete together the one that began first; so the result does not depend
 * on how the text is split. Not thread-safe.
 */
public final class StopMatcher {
    private final List<String> stops;
    private final StringBuilder held = new StringBuilder();
    private boolean matched;

    /** @param stops none of them empty */
    public StopMatcher(List<String> stops) {
        this.stops = List.copyOf(stops);
    }

    /** Takes text and returns what may be shown now; after a match, the text before the stop sequence and then nothing. */
    public String accept(String text) {
        if (stops.isEmpty() || matched) {
            return matched ? "" : text;
        }
        for (int i = 0; i < text.length(); i++) {
            held.append(text.charAt(i));
            int length = completed();
            if (length > 0) {
                matched = true;
                return release(held.length() - length);
            }
        }
        return release(held.length() - heldBack());
    }

    public boolean matched() {
        return matched;
    }

    /** Whether text is held back. */
    public boolean pending() {
        return !matched && !held.isEmpty();
    }

    /** Ends the text and returns what was held back in vain. */
    public String finish() {
        return matched ? "" : release(held.length());
    }

    private int completed() {
        int longest = 0;
        for (String stop : stops) {
            int from = held.length() - stop.length();
            if (from >= 0 && stop.length() > longest && held.indexOf(stop, from) == from) {
                longest = stop.length();
            }
        }
        return longest;
    }

    private int heldBack() {
        int longest = 0;
        for (String stop : stops) {
            int most = Math.min(stop.length() - 1, held.length());
            for (int length = most; length > longest; length--) {
                if (endsWithPrefix(stop, length)) {
                    longest = length;
                }
            }
        }
        return longest;
    }

    private boolean endsWithPrefix(String stop, int length) {
        int from = held.length() - length;
        for (int i = 0; i < length; i++) {
            if (held.charAt(from + i) != stop.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private String release(int length) {
        String out = held.substring(0, length);
        held.delete(0, length);
        return out;
    }
}
