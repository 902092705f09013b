package dev.touchstone.features.teeth.host;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.harness.evidence.DeviceReading;
import dev.touchstone.harness.evidence.HostSamples;
import java.io.IOException;
import java.io.InputStream;
import java.time.ZoneOffset;
import java.util.zip.GZIPInputStream;

/**
 * What a host with a GPU showed of a worker that decoded in one way; {@code record/record.sh} made it. Immutable.
 *
 * @param mode how it decoded, such as {@code zero-copy}
 * @param weights bytes of the model's tensors
 * @param stepsPerSecond tokens that it made; 0 where it made none
 * @param samples of one process and one GPU, some seconds long
 */
record Recording(String mode, long weights, double stepsPerSecond, HostSamples samples) {

    private static final int LEAST_SAMPLES = 10;

    Recording {
        boolean usable = samples.samples().size() >= LEAST_SAMPLES
                && samples.samples().stream()
                        .allMatch(s -> s.process().found().isPresent()
                                && s.gpus()
                                        .found()
                                        .filter(all -> all.size() == 1)
                                        .isPresent());
        if (!usable) {
            throw new IllegalArgumentException("The recording '" + mode
                    + "' cannot be replayed; accepted are ten samples or more, each with one GPU and the process.");
        }
    }

    /**
     * Reads the recording of a mode.
     *
     * @throws IllegalArgumentException with one sentence where there is none, or it is of another mode
     */
    static Recording of(String mode) {
        String file = "/teeth/host/" + mode + ".json.gz";
        try (InputStream packed = Recording.class.getResourceAsStream(file)) {
            if (packed == null) {
                throw new IllegalArgumentException("There is no recording of the mode '" + mode + "' in this build.");
            }
            return read(mode, new ObjectMapper().readTree(new GZIPInputStream(packed)));
        } catch (IOException e) {
            throw new IllegalArgumentException("The recording " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static Recording read(String mode, JsonNode root) {
        JsonNode result = root.path("result");
        if (!result.path("mode").asText().equals(mode)) {
            throw new IllegalArgumentException("The recording of the mode '" + mode + "' is one of '"
                    + result.path("mode").asText() + "'.");
        }
        return new Recording(
                mode,
                result.path("weights").asLong(),
                result.path("steps_per_second").asDouble(),
                HostSamples.fromJson(root.path("samples").toString()));
    }

    /** Says of evidence that is read from it what it is, one sentence. */
    String words() {
        return "The host's evidence was recorded on one %s (driver %s) on %s, mode %s; it is replayed, not live."
                .formatted(
                        gpu(),
                        samples.facts().driver().found().orElse("not told"),
                        samples.startedAt().atOffset(ZoneOffset.UTC).toLocalDate(),
                        mode);
    }

    private String gpu() {
        return samples.samples().getFirst().gpus().found().orElseThrow().stream()
                .findFirst()
                .map(DeviceReading::name)
                .orElse("GPU");
    }
}
