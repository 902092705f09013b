package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Judges HL-04: health shows a running generation, and none soon after it. */
public final class HealthActivity {
    private static final String RULE = "HL-04";

    private HealthActivity() {}

    /**
     * A generation and what health said around it.
     *
     * @param calls sent from its beginning until some time after its end
     */
    public record Watched(Generation generation, List<Exchange> calls) {
        Instant from() {
            return generation
                    .exchange()
                    .request()
                    .sentAt()
                    .plusNanos(generation.firstTokenNanos().orElse(0));
        }

        Instant over() {
            return generation.exchange().request().sentAt().plusNanos(generation.durationNanos());
        }
    }

    /**
     * @param tries several generations; a busy kit may see one late, but hardly each
     * @param rest from the end of a generation to a health that shows none
     */
    public static Verdict judge(List<Watched> tries, Duration rest) {
        var findings = new Findings(RULE);
        List<Watched> told = tries.stream().filter(w -> w.generation().ended()).toList();
        List<Fields> all = told.stream()
                .flatMap(w -> w.calls().stream())
                .flatMap(e -> Fields.of(e.bodyText()).stream())
                .toList();
        if (!all.isEmpty() && all.stream().noneMatch(f -> f.has("active_job") || f.has("queue_depth"))) {
            return new Verdict.Unsupported(RULE, "health has neither active_job nor queue_depth");
        }
        List<Watched> telling = told.stream()
                .filter(w -> !during(w).isEmpty() && !after(w, rest).isEmpty())
                .toList();
        if (telling.isEmpty()) {
            return new Verdict.Inconclusive(RULE, "no health call fell both into a generation and after it");
        }
        if (telling.stream().noneMatch(w -> during(w).stream().anyMatch(HealthActivity::active))) {
            findings.add(
                    "active_job or queue_depth to show a running generation",
                    "none of %d calls did: %s"
                            .formatted(
                                    during(telling.getFirst()).size(),
                                    shown(during(telling.getFirst()).getLast())));
        }
        if (telling.stream().noneMatch(w -> after(w, rest).stream().noneMatch(HealthActivity::active))) {
            findings.add(
                    "neither to be there %d ms after the end".formatted(rest.toMillis()),
                    "it was still " + shown(after(telling.getFirst(), rest).getLast()));
        }
        return findings.orHeld("health showed %d generations, and none after them".formatted(telling.size()));
    }

    private static List<Exchange> during(Watched watched) {
        return watched.calls().stream()
                .filter(e -> e.status() == 200)
                .filter(e -> !e.request().sentAt().isBefore(watched.from()))
                .filter(e -> e.request().sentAt().plusNanos(e.end().nanos()).isBefore(watched.over()))
                .toList();
    }

    private static List<Exchange> after(Watched watched, Duration rest) {
        return watched.calls().stream()
                .filter(e -> e.status() == 200)
                .filter(e -> !e.request().sentAt().isBefore(watched.over().plus(rest)))
                .toList();
    }

    /** An active_job of null or of no text is none. */
    private static boolean active(Exchange exchange) {
        Optional<Fields> health = Fields.of(exchange.bodyText());
        boolean job = health.flatMap(h -> h.node("active_job"))
                .filter(n -> !n.isNull()
                        && !n.asText("x").isEmpty()
                        && !n.asText("x").equals("0"))
                .isPresent();
        return job
                || health.flatMap(h -> h.number("queue_depth"))
                        .filter(n -> n.compareTo(BigDecimal.ZERO) > 0)
                        .isPresent();
    }

    private static String shown(Exchange exchange) {
        return Fields.of(exchange.bodyText())
                .map(h -> "active_job %s, queue_depth %s".formatted(h.shown("active_job"), h.shown("queue_depth")))
                .orElse("no health");
    }
}
