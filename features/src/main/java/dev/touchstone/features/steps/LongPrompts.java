package dev.touchstone.features.steps;

import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.target.SizedPrompt;
import java.math.BigInteger;
import java.time.Duration;

/** Prompts that fill the context, where this worker reads them in good time. */
final class LongPrompts {
    /** About 40 and 200 tokens in any vocabulary of words. */
    private static final int SHORT = 2;

    private static final int LONGER = 10;
    private static final String SENTENCE =
            " The old clock in the hall struck nine, and two men by the gate spoke of it.";
    /** A pattern that every model goes on with, whatever stood before it. */
    private static final String PATTERN = "\n1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2";

    private static final double CHARACTERS_PER_TOKEN = 4.0;
    /** Attention makes the last token of a long prompt dearer than the first: at so many tokens threefold on average. */
    private static final double THREEFOLD = 8192;

    private final World world;
    private final Asking asking;

    LongPrompts(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
    }

    /** About twice as many tokens as that, or more: a sentence is more than 8 in any vocabulary. */
    static String twice(int tokens) {
        return SENTENCE.repeat(tokens / 4);
    }

    /** A prompt that begins with these words and leaves so many tokens of the context. */
    SizedPrompt leaving(String head, int tokens) throws InterruptedException {
        return leaving(head, PATTERN, tokens);
    }

    /** The same, ending with other words. */
    SizedPrompt leaving(String head, String ending, int tokens) throws InterruptedException {
        int wanted = asking.contextLength() - tokens;
        return world.sizer()
                .prompt(head, ending, wanted)
                .orElseThrow(() -> world.inconclusive(
                        "no prompt of exactly %d tokens could be found by the worker's counts".formatted(wanted)));
    }

    /** Ends the scenario as inconclusive where reading so many tokens so many times would take this worker too long. */
    void demandTime(int tokens, int times) throws InterruptedException {
        Duration limit = asking.budgets().longPrompt();
        double growth = 1 + 2 * Math.min(1, tokens / THREEFOLD);
        double predicted = growth * tokens * times * nanosPerToken() / 1e9;
        if (predicted * 1000 > limit.toMillis()) {
            long seconds = (long) Math.ceil(predicted);
            throw world.inconclusive(
                    "reading %d tokens %s would take this worker about %d s; --budget long-prompt=%ds --budget request=%ds allows it"
                            .formatted(
                                    tokens,
                                    times == 1 ? "once" : times + " times",
                                    seconds,
                                    2 * seconds,
                                    Math.max(
                                            2 * seconds,
                                            asking.budgets().request().toSeconds())));
        }
    }

    /** From a short and a longer prompt, so that neither the way there nor the first step of decoding counts. */
    private double nanosPerToken() throws InterruptedException {
        Generation few = read(SHORT);
        Generation more = read(LONGER);
        double nanos = Math.max(0, nanos(more) - nanos(few));
        double tokens = Math.max(1, tokens(more, LONGER) - tokens(few, SHORT));
        return nanos / tokens;
    }

    private Generation read(int sentences) throws InterruptedException {
        var request = GenerationRequest.greedy(world.newJobId(), SENTENCE.repeat(sentences), 1);
        Generation seen = Generation.of(asking.send(world.wire().call("measure the prefill", request)));
        if (!seen.ended()) {
            throw world.inconclusive("a plain request gave no whole text: " + seen.outcome());
        }
        return seen;
    }

    private static long nanos(Generation generation) {
        return generation.firstTokenNanos().orElse(generation.durationNanos());
    }

    private static double tokens(Generation generation, int sentences) {
        return generation
                .tokensIn()
                .map(BigInteger::doubleValue)
                .orElse(sentences * SENTENCE.length() / CHARACTERS_PER_TOKEN);
    }
}
