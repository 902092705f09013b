package dev.touchstone.harness.check;

import dev.touchstone.harness.sse.SseEvent;
import dev.touchstone.harness.verdict.Verdict;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Judges EV-05: counts, time and reason of the end event. */
public final class EndEvent {
    private static final String RULE = "EV-05";
    private static final Set<String> REASONS = Set.of("max_tokens", "stop", "eos");
    /** The worker may round its time up to a whole millisecond. */
    private static final double ROUNDING_MILLIS = 1.0;

    private static final int LEAST_CONTRADICTIONS = 2;

    private EndEvent() {}

    public static Verdict judge(Generation generation) {
        var findings = new Findings(RULE);
        Optional<SseEvent> terminal = generation.terminal();
        if (terminal.isEmpty()) {
            return findings.add("an end event", "none came: " + generation.outcome())
                    .broken();
        }
        SseEvent event = terminal.get();
        if (event.type().equals("error")) {
            return new Verdict.Inconclusive(RULE, "the generation failed, so there is no end: " + generation.outcome());
        }
        Optional<Fields> read = generation.end();
        if (read.isEmpty()) {
            return findings.at(event, "end with one JSON object", "its data was " + Shown.brief(event.data()))
                    .broken();
        }
        Fields end = read.get();
        count(end, generation, event, findings);
        time(end, event, findings);
        reason(end, generation, event, findings);
        if (generation.tokenCount() == 0) {
            return findings.orInconclusive("the stream had no token to count");
        }
        return findings.orHeld("tokens_out %s, decode_time_ms %s of %s seen, stop_reason %s"
                .formatted(
                        end.shown("tokens_out"),
                        end.shown("decode_time_ms"),
                        Shown.millis(event.nanos()),
                        end.shown("stop_reason")));
    }

    /**
     * Judges several greedy generations by their limits: a text that goes on where it may be longer was not ended by the
     * model. Once may be a worker that disagrees with itself.
     */
    public static Verdict reasons(List<Generation> generations) {
        var findings = new Findings(RULE);
        List<Generation> atLimit = generations.stream()
                .filter(Generation::ended)
                .filter(g -> g.tokenCount() > 0)
                .filter(g -> g.maxTokens().filter(n -> n == g.tokenCount()).isPresent())
                .toList();
        List<Generation> contradicted = atLimit.stream()
                .filter(Generation::endedByModel)
                .filter(g -> generations.stream().anyMatch(other -> goesOn(g, other)))
                .toList();
        if (contradicted.size() >= LEAST_CONTRADICTIONS) {
            contradicted.forEach(g -> findings.add(
                    "stop_reason max_tokens at max_tokens = %d, for the text goes on where it may"
                            .formatted(g.tokenCount()),
                    "it was " + g.stopReason().orElse("absent")));
        }
        return atLimit.isEmpty()
                ? findings.orInconclusive("no generation ran on to max_tokens")
                : findings.orHeld("the reasons of %d texts at their limit".formatted(atLimit.size()));
    }

    private static boolean goesOn(Generation ended, Generation other) {
        return other.prompt().equals(ended.prompt())
                && other.tokenCount() > ended.tokenCount()
                && other.text().startsWith(ended.text());
    }

    private static void count(Fields end, Generation generation, SseEvent event, Findings findings) {
        BigInteger counted = generation.tokens().stream()
                .flatMap(token -> token.i().stream())
                .reduce(BigInteger::max)
                .map(BigInteger.ONE::add)
                .orElse(BigInteger.ZERO);
        if (end.integer("tokens_out").filter(counted::equals).isEmpty()) {
            findings.at(
                    event, "tokens_out %s, the highest i + 1".formatted(counted), "it was " + end.shown("tokens_out"));
        }
    }

    private static void time(Fields end, SseEvent event, Findings findings) {
        Optional<BigDecimal> time = end.number("decode_time_ms");
        double seen = event.nanos() / 1e6;
        if (time.isEmpty() || time.get().signum() < 0) {
            findings.at(event, "decode_time_ms, a number of 0 or more", "it was " + end.shown("decode_time_ms"));
        } else if (time.get().doubleValue() > seen + ROUNDING_MILLIS) {
            findings.at(
                    event,
                    "decode_time_ms no longer than the %.1f ms that the harness saw".formatted(seen),
                    "it was " + time.get());
        }
    }

    private static void reason(Fields end, Generation generation, SseEvent event, Findings findings) {
        String reason = end.string("stop_reason").orElse("");
        Optional<Integer> asked = generation.maxTokens();
        if (!REASONS.contains(reason)) {
            findings.at(event, "stop_reason max_tokens, stop or eos", "it was " + end.shown("stop_reason"));
        } else if (reason.equals("stop") && generation.stops().isEmpty()) {
            findings.at(event, "stop_reason max_tokens or eos, for no stop sequence was given", "it was stop");
        } else if (reason.equals("max_tokens") && asked.isPresent() && generation.tokenCount() < asked.get()) {
            findings.at(
                    event,
                    "stop_reason max_tokens only after max_tokens = %d tokens".formatted(asked.get()),
                    "it came after %d".formatted(generation.tokenCount()));
        }
    }
}
