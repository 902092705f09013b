package dev.touchstone.harness.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Cuts stop sequences out of a text that a model is known to give, by where its tokens begin and end. In the OpenAI
 * dialect the pieces are chunks, which may be several tokens.
 */
public final class StopChoices {
    /** Stands in no text of a sane model. */
    private static final String NEVER = "\u00A4\u2021\u00A4";

    private static final int LONGEST = 48;
    private final String text;
    private final List<Integer> borders;

    private StopChoices(String text, List<Integer> borders) {
        this.text = text;
        this.borders = borders;
    }

    /** @param kind where the sequence lies, in a few words */
    public record Choice(String kind, String stop) {}

    /** The sequences that this text has room for; each kind at most once. */
    public static List<Choice> of(Generation generation) {
        var borders = new TreeSet<Integer>();
        int at = 0;
        borders.add(at);
        for (Token token : generation.tokens()) {
            at += token.t().orElse("").length();
            borders.add(at);
        }
        return new StopChoices(generation.text(), List.copyOf(borders)).all();
    }

    /**
     * Two sequences of which the first occurs and is over before the second begins, so that it is the earlier match by
     * any reading; fewer where the text has no room for them.
     */
    public static List<String> apart(Generation generation) {
        List<String> stops = of(generation).stream()
                .filter(c -> !c.kind().startsWith("almost"))
                .map(Choice::stop)
                .toList();
        String text = generation.text();
        for (String early : stops) {
            int end = text.indexOf(early) + early.length();
            int from = Math.min(text.length(), end + 1);
            for (int length = 2; length <= 6 && from + length <= text.length(); length++) {
                String late = text.substring(from, from + length);
                if (isClean(late) && text.indexOf(late) >= end) {
                    return List.of(early, late);
                }
            }
        }
        return stops.isEmpty() ? List.of() : List.of(stops.getFirst());
    }

    private List<Choice> all() {
        List<Choice> all = new ArrayList<>();
        add(all, "within one token", pieces(1).map(p -> p.shrunk(1, 1)));
        add(all, "one whole token", pieces(1));
        add(all, "two whole tokens", pieces(2));
        add(
                all,
                "from inside a token into the next",
                pieces(2).filter(p -> p.inner > 1).map(p -> p.shrunk(1, 0)));
        add(
                all,
                "from inside a token over three",
                pieces(3).filter(p -> p.inner > 1).map(p -> p.shrunk(1, 0)));
        add(
                all,
                "characters beyond ASCII",
                IntStream.range(1, text.length())
                        .filter(i -> text.charAt(i) > 0x7F && !Character.isLowSurrogate(text.charAt(i)))
                        .mapToObj(i -> new Piece(i, text.offsetByCodePoints(i, 1), 0)));
        return withNearMatches(all);
    }

    /** Sequences that begin as the text goes and then do not complete: within it and at its very end. */
    private List<Choice> withNearMatches(List<Choice> found) {
        List<Choice> all = new ArrayList<>(found);
        for (Choice choice : found) {
            if (choice.kind().equals("two whole tokens") || choice.kind().equals("characters beyond ASCII")) {
                all.add(new Choice("almost: " + choice.kind(), choice.stop() + NEVER));
            }
        }
        int from = text.length() < 4 ? 0 : text.offsetByCodePoints(text.length(), -3);
        if (!text.isEmpty() && isClean(text.substring(from))) {
            all.add(new Choice("almost: the end of the text", text.substring(from) + NEVER));
        }
        return all;
    }

    private Stream<Piece> pieces(int tokens) {
        return IntStream.range(0, Math.max(0, borders.size() - tokens))
                .mapToObj(n -> new Piece(borders.get(n), borders.get(n + tokens), borders.get(n + 1) - borders.get(n)));
    }

    /** Takes the piece before which most of the text goes out, but leaves room behind it. */
    private void add(List<Choice> all, String kind, Stream<Piece> candidates) {
        Optional<Piece> best = candidates
                .filter(p -> p.begin < p.end && p.length() <= LONGEST && isClean(text.substring(p.begin, p.end)))
                .max(Comparator.comparingInt(this::worth));
        best.map(p -> text.substring(p.begin, p.end)).ifPresent(stop -> {
            boolean known = all.stream().anyMatch(c -> c.stop().equals(stop));
            if (!known) {
                all.add(new Choice(kind, stop));
            }
        });
    }

    private int worth(Piece piece) {
        int first = text.indexOf(text.substring(piece.begin, piece.end));
        return first <= text.length() * 2 / 3 ? first : -first;
    }

    /** No half of a surrogate pair, nothing that a cut character left, and more than white space. */
    private static boolean isClean(String stop) {
        return !stop.isBlank()
                && !Character.isLowSurrogate(stop.charAt(0))
                && !Character.isHighSurrogate(stop.charAt(stop.length() - 1))
                && stop.indexOf('\uFFFD') < 0;
    }

    /** @param inner length of its first token */
    private record Piece(int begin, int end, int inner) {
        int length() {
            return end - begin;
        }

        Piece shrunk(int left, int right) {
            return new Piece(begin + left, end - right, inner);
        }
    }
}
