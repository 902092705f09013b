package dev.touchstone.harness.check;

import dev.touchstone.harness.sse.SseEvent;
import dev.touchstone.harness.verdict.Verdict;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/** Judges OA-02: streamed and whole answers are the same text, and usage counts truly. */
public final class UsageAndText {
    private static final String RULE = "OA-02";

    private UsageAndText() {}

    /**
     * One request at temperature 0, asked twice whole and once streamed.
     *
     * @param streamed with {@code stream_options.include_usage} where {@code usageAsked}
     * @param usageAsked whether the stream was asked for its usage
     */
    public record Trio(Generation whole, Generation again, Generation streamed, boolean usageAsked) {}

    public static Verdict judge(List<Trio> trios) {
        var findings = new Findings(RULE);
        for (Trio trio : trios) {
            Optional<String> unfit = unfit(trio);
            if (unfit.isPresent()) {
                return findings.orInconclusive(unfit.get());
            }
            usage(trio.whole(), "the whole answer", findings);
            if (trio.usageAsked()) {
                usage(trio.streamed(), "the stream", findings);
                last(trio.streamed(), findings);
                sameCounts(trio, findings);
            }
            if (SameText.compare(trio.whole(), trio.again(), "the second whole answer", "the first")
                    .isPresent()) {
                return findings.orInconclusive("the worker disagrees with itself at temperature 0 (DT-01)");
            }
            text(trio, findings);
        }
        if (trios.isEmpty()) {
            return findings.orInconclusive("nothing was asked");
        }
        boolean usage = trios.stream().allMatch(Trio::usageAsked);
        return findings.orHeld("%d requests, streamed and whole: the same text%s"
                .formatted(trios.size(), usage ? " and usage that adds up" : "; the stream's usage was refused"));
    }

    private static Optional<String> unfit(Trio trio) {
        return List.of(trio.whole(), trio.again(), trio.streamed()).stream()
                .filter(g -> g.exchange().status() != 200)
                .findFirst()
                .map(g -> "a request was not served: " + g.outcome());
    }

    private static void usage(Generation generation, String which, Findings findings) {
        Optional<Fields> usage = usageOf(generation);
        if (usage.isEmpty()) {
            findings.add("usage in " + which, "there was none");
            return;
        }
        Fields counts = usage.get();
        Optional<BigInteger> in = counts.integer("prompt_tokens");
        Optional<BigInteger> out = counts.integer("completion_tokens");
        Optional<BigInteger> total = counts.integer("total_tokens");
        if (in.isEmpty()
                || out.isEmpty()
                || total.isEmpty()
                || in.get().signum() <= 0
                || out.get().signum() < 0) {
            findings.add(
                    "usage with prompt_tokens, completion_tokens and total_tokens",
                    which
                            + " had %s, %s, %s"
                                    .formatted(
                                            counts.shown("prompt_tokens"),
                                            counts.shown("completion_tokens"),
                                            counts.shown("total_tokens")));
            return;
        }
        if (!in.get().add(out.get()).equals(total.get())) {
            findings.add(
                    "total_tokens %s, the sum".formatted(in.get().add(out.get())),
                    "%s had %s".formatted(which, total.get()));
        }
        Optional<BigInteger> asked = generation.maxTokens().map(BigInteger::valueOf);
        if (asked.isPresent()
                && generation.stopReason().filter("max_tokens"::equals).isPresent()
                && !asked.equals(out)) {
            findings.add(
                    "completion_tokens %s, for finish_reason is length".formatted(asked.get()),
                    "%s had %s".formatted(which, out.get()));
        }
    }

    private static Optional<Fields> usageOf(Generation generation) {
        Optional<Fields> whole = Fields.of(generation.exchange().bodyText()).flatMap(f -> f.object("usage"));
        return whole.or(() -> usageEvents(generation).stream()
                .reduce((a, b) -> b)
                .flatMap(e -> Fields.of(e.data()))
                .flatMap(f -> f.object("usage")));
    }

    private static List<SseEvent> usageEvents(Generation generation) {
        return generation.stream().events().stream()
                .filter(e -> Fields.of(e.data())
                        .filter(f -> f.object("usage").isPresent())
                        .isPresent())
                .toList();
    }

    /** The usage is the last chunk; some servers repeat a running usage in every chunk, which the reference allows not. */
    private static void last(Generation streamed, Findings findings) {
        List<SseEvent> chunks = streamed.stream().events().stream()
                .filter(e -> !e.data().strip().equals(OpenAiReading.DONE))
                .toList();
        List<SseEvent> usage = usageEvents(streamed);
        if (!usage.isEmpty() && !chunks.getLast().equals(usage.getLast())) {
            findings.at(
                    chunks.getLast(),
                    "the usage as the last chunk",
                    "the last chunk was " + Shown.brief(chunks.getLast().data()));
        }
    }

    private static void sameCounts(Trio trio, Findings findings) {
        Optional<Fields> whole = usageOf(trio.whole());
        Optional<Fields> streamed = usageOf(trio.streamed());
        if (whole.isEmpty() || streamed.isEmpty()) {
            return;
        }
        for (String name : List.of("prompt_tokens", "completion_tokens")) {
            if (!whole.get().shown(name).equals(streamed.get().shown(name))) {
                findings.add(
                        "the same %s in both, %s as in the whole answer"
                                .formatted(name, whole.get().shown(name)),
                        "the stream had " + streamed.get().shown(name));
            }
        }
    }

    private static void text(Trio trio, Findings findings) {
        String whole = trio.whole().text();
        String streamed = trio.streamed().text();
        if (!whole.equals(streamed)) {
            int at = 0;
            while (at < Math.min(whole.length(), streamed.length()) && whole.charAt(at) == streamed.charAt(at)) {
                at++;
            }
            findings.add(
                    "the streamed text to be that of the whole answer",
                    "from character %d on it was %s instead of %s"
                            .formatted(at, Shown.quoted(streamed.substring(at)), Shown.quoted(whole.substring(at))));
        }
    }
}
