package dev.touchstone.worker.fault;

import dev.touchstone.worker.engine.Engine;
import dev.touchstone.worker.engine.Sequence;
import dev.touchstone.worker.engine.cpu.CpuEngine;
import dev.touchstone.worker.model.gguf.GgufFile;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A CPU engine behind the name of a GPU. Of the threads that an engine is of. */
public final class CpuBehind {

    private static volatile @Nullable Engine engine;

    private CpuBehind() {}

    /** Loads the model for the CPU. */
    public static Engine load(Path file, int contextLength) {
        try (GgufFile opened = GgufFile.open(file)) {
            Engine loaded = CpuEngine.load(opened, contextLength, 0);
            engine = loaded;
            return loaded;
        } catch (IOException e) {
            throw new IllegalStateException("The fault cannot load the model: " + e.getMessage(), e);
        }
    }

    /** A sequence of the CPU's, once the worker serves. */
    public static @Nullable Sequence open(int capacity) {
        Engine loaded = engine;
        if (loaded == null || !Serving.begun()) {
            return null;
        }
        Fired.now();
        return loaded.open(capacity);
    }
}
