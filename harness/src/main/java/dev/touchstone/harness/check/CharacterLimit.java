package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Judges CX-03: long prompts are served whole or refused for a named limit, and far too long ones at once. */
public final class CharacterLimit {
    /** Prompts up to this many characters are accepted if they fit the context. */
    public static final int ALWAYS_ACCEPTED = 32_768;

    private static final String RULE = "CX-03";
    private static final Pattern NUMBER = Pattern.compile("\\d+");
    /** A context that may hold a prompt of 1 MB. */
    private static final int HUGE = 1 << 18;

    private CharacterLimit() {}

    /**
     * A prompt of many characters, as it was asked.
     *
     * @param tokens of the prompt, as far as the worker's counts of short prompts tell; empty where they tell nothing
     */
    public record Asked(Generation generation, int characters, Optional<Integer> tokens) {}

    /** Judges a prompt of about or over 32,768 characters. */
    public static Verdict judge(Asked asked, int contextLength) {
        var findings = new Findings(RULE);
        Generation generation = asked.generation();
        if (generation.exchange().status() == 200) {
            return served(asked, findings);
        }
        int need = asked.tokens().orElse(contextLength) + generation.maxTokens().orElse(0);
        // A little room, since this count is ours.
        boolean fits = asked.tokens().isPresent() && need + need / 50 < contextLength;
        String expected = "a prompt of %d characters and about %d tokens, to be served"
                .formatted(asked.characters(), need - generation.maxTokens().orElse(0));
        Refusal refusal = Refusal.of(generation.exchange());
        Optional<BigInteger> counted =
                Fields.of(generation.exchange().bodyText()).flatMap(b -> b.integer("prompt_tokens"));
        if (asked.tokens().isPresent()
                && counted.filter(n -> ContextLimit.isCut(n, asked.tokens().get()))
                        .isPresent()) {
            findings.add(
                    "all of a prompt of %d characters, about %d tokens, to be counted"
                            .formatted(asked.characters(), asked.tokens().get()),
                    "prompt_tokens was " + counted.get());
        }
        if (!refusal.clean()) {
            findings.add(expected + " or refused by a clean 4xx", Shown.answer(generation.exchange()));
        } else if (refusal.forContext() && fits && !refusal.namesALimitAnyway(asked.characters())) {
            findings.add(expected + " or refused as INVALID_REQUEST", Shown.answer(generation.exchange()));
        } else if (!refusal.forContext() && fits && asked.characters() <= ALWAYS_ACCEPTED) {
            findings.add(expected, Shown.answer(generation.exchange()));
        } else if (!refusal.forContext() && !refusal.namesALimit(asked.characters())) {
            findings.add(
                    "a message that names the limit, %d characters or more".formatted(ALWAYS_ACCEPTED),
                    "message was " + Shown.quoted(refusal.message()));
        }
        return findings.orHeld("%d characters were refused: %s".formatted(asked.characters(), refusal.message()));
    }

    private static Verdict served(Asked asked, Findings findings) {
        Generation generation = asked.generation();
        Optional<String> ranOut = Patience.ranOut(generation);
        if (ranOut.isPresent()) {
            return new Verdict.Inconclusive(RULE, ranOut.get());
        }
        if (!generation.ended()) {
            return findings.add(
                            "a prompt of %d characters that is accepted to be served".formatted(asked.characters()),
                            "the answer was " + generation.outcome())
                    .broken();
        }
        Optional<BigInteger> in = generation.tokensIn();
        if (in.isEmpty() || asked.tokens().isEmpty()) {
            return new Verdict.Inconclusive(RULE, "the worker does not tell how many tokens the long prompt had");
        }
        if (ContextLimit.isCut(in.get(), asked.tokens().get())) {
            findings.add(
                    "all of a prompt of %d characters, about %d tokens, to be read"
                            .formatted(asked.characters(), asked.tokens().get()),
                    "tokens_in was " + in.get());
        }
        return findings.orHeld(
                "%d characters were served, %s tokens of prompt".formatted(asked.characters(), in.get()));
    }

    /**
     * What a prompt of 1 MB did.
     *
     * @param tries the same request several times; a busy kit only ever adds to the time
     * @param health asked meanwhile; empty where the target has no route for it
     * @param next a short request right after
     */
    public record FarOver(List<Exchange> tries, List<Exchange> health, Generation next, boolean hasHealth) {}

    /**
     * Judges a prompt of 1 MB: refused at once, with health green meanwhile and the next request served.
     *
     * @param budget for the quickest refusal
     */
    public static Verdict farOver(FarOver seen, int contextLength, Duration budget) {
        var findings = new Findings(RULE);
        if (seen.tries().isEmpty()) {
            return new Verdict.Inconclusive(RULE, "no prompt of 1 MB was sent");
        }
        if (contextLength >= HUGE && seen.tries().stream().anyMatch(e -> e.status() == 200)) {
            return new Verdict.Inconclusive(
                    RULE, "a context of %d tokens may hold a prompt of 1 MB".formatted(contextLength));
        }
        seen.tries().stream()
                .filter(e -> !Refusal.of(e).clean())
                .forEach(e -> findings.add("a prompt of 1 MB to be refused by a clean 4xx", Shown.answer(e)));
        long best = seen.tries().stream().mapToLong(e -> e.end().nanos()).min().orElseThrow();
        if (best > budget.toNanos()) {
            findings.add(
                    "a refusal of 1 MB within %d ms".formatted(budget.toMillis()),
                    "the quickest of %d took %s".formatted(seen.tries().size(), Shown.millis(best)));
        }
        seen.health().stream()
                .filter(e -> e.status() != 200)
                .forEach(e -> findings.add("health to stay green", Shown.answer(e)));
        if (!seen.next().ended()) {
            findings.add(
                    "the next short request to be served",
                    "the answer was " + seen.next().outcome());
        }
        return seen.hasHealth() && seen.health().isEmpty()
                ? findings.orInconclusive("no health call fell into the refusals")
                : findings.orHeld("1 MB was refused after %s, %d health calls were green"
                        .formatted(Shown.millis(best), seen.health().size()));
    }

    /** A client error in the form of either dialect. */
    private record Refusal(boolean clean, boolean forContext, boolean isOpenAi, String message) {
        static Refusal of(Exchange exchange) {
            int status = exchange.status();
            Optional<Fields> body = Fields.of(exchange.bodyText());
            Optional<Fields> error = OpenAiReading.applies(exchange) ? body.flatMap(b -> b.object("error")) : body;
            String message = error.flatMap(e -> e.string("message")).orElse("");
            String code = error.flatMap(e -> e.string("code")).orElse("");
            boolean known = OpenAiReading.applies(exchange)
                    || code.equals("INVALID_REQUEST")
                    || code.equals("CONTEXT_LENGTH_EXCEEDED");
            boolean clean = (status == 400 || status == 413)
                    && !message.isBlank()
                    && known
                    && exchange.end() instanceof BodyEnd.Complete;
            boolean context = code.equalsIgnoreCase("CONTEXT_LENGTH_EXCEEDED");
            return new Refusal(clean, context, OpenAiReading.applies(exchange), message);
        }

        /** The OpenAI form has no INVALID_REQUEST; a message that names the limit of characters says as much. */
        boolean namesALimitAnyway(int characters) {
            return isOpenAi && namesALimit(characters);
        }

        /** The limit that it names is one that the contract allows, and that this prompt exceeds. */
        boolean namesALimit(int characters) {
            return NUMBER.matcher(message.replaceAll("(?<=\\d)[,_ ](?=\\d{3})", ""))
                    .results()
                    .map(m -> new BigDecimal(m.group()))
                    .anyMatch(n -> n.compareTo(BigDecimal.valueOf(ALWAYS_ACCEPTED)) >= 0
                            && n.compareTo(BigDecimal.valueOf(characters)) < 0);
        }
    }
}
