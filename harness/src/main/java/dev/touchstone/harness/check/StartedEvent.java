package dev.touchstone.harness.check;

import dev.touchstone.harness.sse.SseEvent;
import dev.touchstone.harness.verdict.Verdict;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Pattern;

/** Judges EV-03: what the started event says. The time form is RFC 3339, section 5.6. */
public final class StartedEvent {
    private static final String RULE = "EV-03";
    private static final BigInteger SEED_LIMIT = BigInteger.ONE.shiftLeft(64);
    private static final Pattern RFC_3339 =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\d[Tt]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?([Zz]|[+-]\\d\\d:\\d\\d)");

    private StartedEvent() {}

    /**
     * @param model the model that {@code /health} names
     * @param skew how far the worker's clock may be from the harness's
     */
    public static Verdict judge(Generation generation, String model, Duration skew) {
        var findings = new Findings(RULE);
        Optional<SseEvent> started = generation.first("started");
        if (started.isEmpty()) {
            return findings.add("a started event", "none came: " + generation.outcome())
                    .broken();
        }
        SseEvent event = started.get();
        Optional<Fields> read = Fields.of(event.data());
        if (read.isEmpty()) {
            return findings.at(event, "started with one JSON object", "its data was " + Shown.brief(event.data()))
                    .broken();
        }
        Fields fields = read.get();
        String job = generation.request().flatMap(f -> f.string("job_id")).orElse("");
        same(fields, "job_id", job, "the request's", event, findings);
        same(fields, "model", model, "that of /health", event, findings);
        time(fields, generation, event, skew, findings);
        seed(fields, generation, event, findings);
        return findings.orHeld("started names job_id %s, model %s, started_at %s, seed %s"
                .formatted(job, model, fields.shown("started_at"), fields.shown("seed")));
    }

    private static void same(
            Fields fields, String name, String wanted, String whose, SseEvent event, Findings findings) {
        if (fields.string(name).filter(wanted::equals).isEmpty()) {
            findings.at(
                    event, "%s %s, %s".formatted(name, Shown.quoted(wanted), whose), "it was " + fields.shown(name));
        }
    }

    private static void time(Fields fields, Generation generation, SseEvent event, Duration skew, Findings findings) {
        String expected = "started_at in RFC 3339 and UTC";
        String shown = "it was " + fields.shown("started_at");
        Optional<OffsetDateTime> time = fields.string("started_at").flatMap(StartedEvent::parsed);
        if (time.isEmpty() || !time.get().getOffset().equals(ZoneOffset.UTC)) {
            findings.at(event, expected, shown);
            return;
        }
        Instant sent = generation.exchange().request().sentAt();
        Instant seen = sent.plusNanos(event.nanos());
        Instant at = time.get().toInstant();
        if (at.isBefore(sent.minus(skew)) || at.isAfter(seen.plus(skew))) {
            findings.at(
                    event,
                    "started_at within %d ms of the harness's clock, %s".formatted(skew.toMillis(), seen),
                    shown);
        }
    }

    private static Optional<OffsetDateTime> parsed(String text) {
        if (!RFC_3339.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(OffsetDateTime.parse(text));
        } catch (DateTimeParseException impossibleDate) {
            return Optional.empty();
        }
    }

    private static void seed(Fields fields, Generation generation, SseEvent event, Findings findings) {
        Optional<BigInteger> seed = fields.seed("seed");
        Optional<BigInteger> asked = generation.request().flatMap(f -> f.seed("seed"));
        if (seed.isEmpty() || seed.get().signum() < 0 || seed.get().compareTo(SEED_LIMIT) >= 0) {
            findings.at(event, "seed, an integer from 0 to 2^64 - 1", "it was " + fields.shown("seed"));
        } else if (asked.isPresent() && !asked.equals(seed)) {
            findings.at(event, "seed %s, the request's".formatted(asked.get()), "it was " + seed.get());
        }
    }
}
