package dev.touchstone.harness.evidence;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Looks at one host and one process in the order in which they were taken. Immutable; goes to JSON and back without loss,
 * so that a recorded run can be judged again.
 *
 * @param pid the process that was asked for
 * @param startedAt wall clock at which the samples' {@code nanos} are 0
 */
public record HostSamples(HostFacts facts, long pid, Instant startedAt, List<HostSample> samples) {

    private static final String FORM = "touchstone-host-samples/1";
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .addModule(new SimpleModule()
                    .addSerializer(Instant.class, ToStringSerializer.instance)
                    .addDeserializer(Instant.class, new InstantText()))
            .build();

    public HostSamples {
        samples = List.copyOf(samples);
    }

    private record Envelope(String form, HostSamples host) {}

    /** Writes everything; {@link #fromJson} gives back an equal value. */
    public String toJson() {
        try {
            return JSON.writeValueAsString(new Envelope(FORM, this));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Records of numbers and texts could not be written as JSON.", e);
        }
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @throws IllegalArgumentException with one sentence where the text is anything else
     */
    public static HostSamples fromJson(String json) {
        try {
            Envelope envelope = JSON.readValue(json, Envelope.class);
            if (!envelope.form().equals(FORM)) {
                throw new IllegalArgumentException(
                        "The host samples have the form '%s'; accepted is '%s'.".formatted(envelope.form(), FORM));
            }
            return envelope.host();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("The text is no host samples: " + e.getOriginalMessage() + ".", e);
        }
    }

    /** The samples taken from one moment to another, both included. */
    public HostSamples between(Instant from, Instant to) {
        return new HostSamples(
                facts,
                pid,
                startedAt,
                samples.stream()
                        .filter(s -> !at(s).isBefore(from) && !at(s).isAfter(to))
                        .toList());
    }

    /** When a sample was taken, by the wall clock at the start and the monotonic clock since. */
    public Instant at(HostSample sample) {
        return startedAt.plusNanos(sample.nanos());
    }

    public Optional<HostSample> first() {
        return samples.isEmpty() ? Optional.empty() : Optional.of(samples.getFirst());
    }

    public Optional<HostSample> last() {
        return samples.isEmpty() ? Optional.empty() : Optional.of(samples.getLast());
    }

    /** Nanoseconds from the first sample to the last. */
    public long spanNanos() {
        return samples.isEmpty()
                ? 0
                : samples.getLast().nanos() - samples.getFirst().nanos();
    }

    private static final class InstantText extends StdScalarDeserializer<Instant> {

        private static final long serialVersionUID = 1;

        InstantText() {
            super(Instant.class);
        }

        @Override
        public Instant deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            String text = parser.getText();
            try {
                return Instant.parse(text);
            } catch (DateTimeException e) {
                return (Instant) context.handleWeirdStringValue(Instant.class, text, "no RFC 3339 time");
            }
        }
    }
}
