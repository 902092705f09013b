package dev.touchstone.worker.engine.start;

import dev.touchstone.worker.engine.Engine;
import dev.touchstone.worker.engine.ModelLoadException;
import dev.touchstone.worker.engine.cpu.CpuEngine;
import dev.touchstone.worker.engine.cuda.CudaDevice;
import dev.touchstone.worker.engine.cuda.CudaEngine;
import dev.touchstone.worker.engine.cuda.KvType;
import dev.touchstone.worker.model.gguf.GgufFile;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * The engine that was decided on.
 *
 * @param device the GPU; empty for the CPU
 * @param kvType how the GPU engine stores keys and values
 * @param why a clause, such as {@code --cpu was given}
 */
public record EngineChoice(Optional<CudaDevice> device, KvType kvType, String why) {

    /** {@code cuda} or {@code cpu}. */
    public String engine() {
        return device.isPresent() ? "cuda" : "cpu";
    }

    /**
     * Loads a model. There is no falling back: a GPU with too little memory is an error.
     *
     * @param contextLength the most positions of a sequence; 0 for the model's own
     * @param threads of the CPU engine; 0 for one for each processor
     * @param progress told 0, 25, 50, 75 and 100
     * @throws ModelLoadException if the engine cannot run the model here
     */
    public Engine load(GgufFile file, int contextLength, int threads, IntConsumer progress) throws ModelLoadException {
        return device.isPresent()
                ? CudaEngine.load(file, device.get(), contextLength, kvType, progress)
                : CpuEngine.load(file, contextLength, threads, progress);
    }
}
