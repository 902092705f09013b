package dev.touchstone.harness.check;

import dev.touchstone.harness.evidence.Reading;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known of the model that a worker runs.
 *
 * @param tensorBytes bytes of all its tensors, where the user named them
 * @param path of its file on the worker's host, without symbolic links, where known
 */
public record ModelFacts(OptionalLong tensorBytes, Optional<String> path) {

    /** Health counts more than the tensors, but hardly ten times as much. */
    private static final int HEALTH_OVER_TENSORS = 10;

    public static ModelFacts unknown() {
        return new ModelFacts(OptionalLong.empty(), Optional.empty());
    }

    /**
     * Bounds of the tensor bytes. A worker is blamed by {@code most} and cleared by {@code least}.
     *
     * @param source in words, for summaries
     */
    record Size(long least, long most, String source) {
        /** Whether the size is known and not only bounded. */
        boolean known() {
            return least == most;
        }
    }

    /**
     * The tensor bytes as named, or else bounds from what health claims: a worker that claims to hold the whole model in
     * so many bytes has a model of no more, and the cache and buffers in it are rarely nine tenths.
     */
    Reading<Size> size(ResidencyClaim claim) {
        if (tensorBytes.isPresent()) {
            long bytes = tensorBytes.getAsLong();
            return Reading.of(new Size(bytes, bytes, "tensor bytes"));
        }
        long used = claim.vramBytesUsed().orElse(0);
        return used > 0
                ? Reading.of(new Size(
                        used / HEALTH_OVER_TENSORS, used, "health's vram_bytes_used, for want of --model-bytes"))
                : Reading.none(
                        "the size of the model is not known: neither --model-bytes nor vram_bytes_used names it");
    }
}
