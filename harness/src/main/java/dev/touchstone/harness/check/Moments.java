package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.Exchange;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** When things happened in several exchanges, on the kit's one clock. */
final class Moments {
    /** A busy kit may see the events of a shorter generation all at once. */
    private static final Duration TELLING = Duration.ofMillis(100);

    private Moments() {}

    static Instant sent(Exchange exchange) {
        return exchange.request().sentAt();
    }

    static Instant over(Exchange exchange) {
        return sent(exchange).plusNanos(exchange.end().nanos());
    }

    /** When the first piece of text came. */
    static Optional<Instant> firstText(Generation generation) {
        return generation.firstTokenNanos().isEmpty()
                ? Optional.empty()
                : Optional.of(sent(generation.exchange())
                        .plusNanos(generation.firstTokenNanos().getAsLong()));
    }

    static Instant lastEvent(Generation generation) {
        return sent(generation.exchange()).plusNanos(generation.durationNanos());
    }

    /**
     * Whether some generation gave text before another, a longer one, was half over: then the worker runs several at
     * once. Half, since the kit may see the end of one a little after the beginning of the next.
     */
    static boolean severalAtOnce(List<Generation> generations) {
        List<Generation> inOrder = generations.stream()
                .filter(g -> g.tokens().size() > 1)
                .sorted(Comparator.comparing(g -> firstText(g).orElseThrow()))
                .toList();
        for (int n = 1; n < inOrder.size(); n++) {
            Generation before = inOrder.get(n - 1);
            Instant first = firstText(before).orElseThrow();
            Duration whole = Duration.between(first, lastEvent(before));
            boolean early = firstText(inOrder.get(n)).orElseThrow().isBefore(first.plus(whole.dividedBy(2)));
            if (early && whole.compareTo(TELLING) > 0) {
                return true;
            }
        }
        return false;
    }
}
