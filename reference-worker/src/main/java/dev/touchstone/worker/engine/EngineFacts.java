package dev.touchstone.worker.engine;

/**
 * What an engine is, fixed once the model is loaded.
 *
 * @param engine such as {@code cpu}
 * @param resident whether every weight lies in VRAM and nowhere else
 * @param quantKind name of the tensor type that holds most weight bytes, such as {@code Q8_0}, or the file's own label
 * @param vramBytesUsed 0 on the CPU engine
 * @param kvBytesPerToken bytes of KV cache for one position
 */
public record EngineFacts(
        String engine,
        boolean resident,
        String quantKind,
        long vramBytesUsed,
        long kvBytesPerToken,
        int vocabSize,
        int contextLength) {}
