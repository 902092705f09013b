package dev.touchstone.worker.engine;

import java.util.Optional;

/**
 * What an engine is, fixed once the model is loaded.
 *
 * @param engine such as {@code cpu}
 * @param resident whether every weight lies in VRAM and nowhere else
 * @param quantKind name of the tensor type that holds most weight bytes, such as {@code Q8_0}, or the file's own label
 * @param kvBytesPerToken bytes of KV cache for one position
 * @param prefillParts how a prompt is best split
 * @param gpu empty on the CPU
 */
public record EngineFacts(
        String engine,
        boolean resident,
        String quantKind,
        long kvBytesPerToken,
        int vocabSize,
        int contextLength,
        PrefillParts prefillParts,
        Optional<GpuFacts> gpu) {

    /** Facts of an engine that uses no GPU. */
    public static EngineFacts withoutGpu(
            String engine, String quantKind, long kvBytesPerToken, int vocabSize, int contextLength) {
        return new EngineFacts(
                engine,
                false,
                quantKind,
                kvBytesPerToken,
                vocabSize,
                contextLength,
                PrefillParts.OF_A_CPU,
                Optional.empty());
    }
}
