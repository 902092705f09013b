package dev.touchstone.worker.engine.cuda;

import dev.touchstone.worker.engine.ModelLoadException;
import dev.touchstone.worker.model.gguf.TensorType;

/** Where kernels come from. */
@FunctionalInterface
interface KernelSource {

    /**
     * A kernel; given types, its instance for matrices of these.
     *
     * @throws ModelLoadException if the build has none
     */
    Kernel kernel(String name, TensorType... types) throws ModelLoadException;
}
