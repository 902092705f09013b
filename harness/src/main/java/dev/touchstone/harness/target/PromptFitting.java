package dev.touchstone.harness.target;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Makes prompts of an exact number of tokens. The tokens that a repeated text adds are learnt from short prompts, so
 * that a long one need be counted once or twice only, which may cost its reading.
 */
final class PromptFitting {
    /** Prompts up to this many characters are always accepted when they fit the context. */
    static final int MOST_CHARACTERS = 32_768;

    private static final int ROUNDS = 12;
    private static final int CORRECTIONS = 3;
    /** A count that is off by more than this part of it is no rounding of ours: not all of the prompt was counted. */
    private static final int PART = 50;

    private static final List<String> WORDS = List.of(" a", " the", " one", "\nx", "!?");

    private final Counter counter;

    PromptFitting(Counter counter) {
        this.counter = counter;
    }

    /** The worker's own count of tokens; empty where it does not tell. */
    interface Counter {
        /** The count of a short prompt. */
        Optional<Integer> count(String prompt) throws InterruptedException;

        /** The count of a long prompt, where telling it costs no reading of the prompt. */
        Optional<Integer> countUnread(String prompt) throws InterruptedException;
    }

    /**
     * What stands at the beginning and the end of a prompt; between them come words that make it exact, then the filler,
     * so that what a model continues is the ending.
     */
    record Frame(String head, String ending) {
        String around(String exact, String filling) {
            return head + exact + filling + ending;
        }
    }

    /** A prompt of that frame that has that many tokens; over the limit of characters only if it must. */
    Optional<SizedPrompt> fit(Frame frame, int tokens) throws InterruptedException {
        Optional<SizedPrompt> overLimit = Optional.empty();
        for (Filler filler : Filler.values()) {
            Optional<SizedPrompt> found = fit(frame, filler, tokens);
            if (found.filter(p -> p.prompt().length() <= MOST_CHARACTERS).isPresent()) {
                return found;
            }
            overLimit = overLimit.isPresent() ? overLimit : found;
        }
        return overLimit;
    }

    private Optional<SizedPrompt> fit(Frame frame, Filler filler, int tokens) throws InterruptedException {
        Optional<Integer> one = counter.count(frame.around("", filler.times(1)));
        Optional<Integer> two = counter.count(frame.around("", filler.times(2)));
        if (one.isEmpty() || two.isEmpty() || two.get() <= one.get() || tokens < one.get()) {
            return exact(frame, "", tokens, tokens)
                    .map(words -> new SizedPrompt(frame.around(words, ""), tokens, true));
        }
        int each = two.get() - one.get();
        int more = (tokens - one.get()) / each;
        int rest = tokens - one.get() - more * each;
        for (int round = 0; round < CORRECTIONS && rest >= 0; round++) {
            Optional<String> words = exact(frame, filler.times(1), one.get() + rest, rest);
            if (words.isEmpty()) {
                return Optional.empty();
            }
            String prompt = frame.around(words.get(), filler.times(1 + more));
            Optional<Integer> seen = more == 0 ? Optional.of(tokens) : counter.countUnread(prompt);
            if (seen.filter(n -> n == tokens).isPresent()) {
                return Optional.of(new SizedPrompt(prompt, tokens, true));
            }
            if (seen.isEmpty() || Math.abs(seen.get() - tokens) > tokens / PART) {
                return prompt.length() <= MOST_CHARACTERS
                        ? Optional.of(new SizedPrompt(prompt, tokens, false))
                        : Optional.empty();
            }
            rest += tokens - seen.get();
        }
        return Optional.empty();
    }

    /**
     * Words that give a short prompt exactly that many tokens.
     *
     * @param first how many words to try first
     */
    private Optional<String> exact(Frame frame, String filling, int tokens, int first) throws InterruptedException {
        for (String word : WORDS) {
            Optional<String> found = exact(frame, filling, word, tokens, first);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private Optional<String> exact(Frame frame, String filling, String word, int tokens, int first)
            throws InterruptedException {
        Set<Integer> tried = new HashSet<>();
        int repeats = first;
        for (int round = 0; round < ROUNDS && repeats >= 0 && tried.add(repeats); round++) {
            String words = word.repeat(repeats);
            String prompt = frame.around(words, filling);
            if (prompt.isEmpty() || prompt.length() > MOST_CHARACTERS) {
                return Optional.empty();
            }
            Optional<Integer> counted = counter.count(prompt);
            if (counted.isEmpty()) {
                return Optional.empty();
            }
            if (counted.get() == tokens) {
                return Optional.of(words);
            }
            repeats = next(repeats, counted.get(), tokens);
        }
        return Optional.empty();
    }

    /** Scales while far off, then goes step by step. */
    private static int next(int repeats, int counted, int tokens) {
        int missing = tokens - counted;
        boolean far = Math.abs(missing) > 8 && counted > 0 && repeats > 8;
        return far ? (int) Math.round((double) repeats * tokens / counted) : repeats + missing;
    }
}
