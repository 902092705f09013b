package dev.touchstone.worker.fault;

import java.io.IOException;
import java.io.UncheckedIOException;

/** A child process in the place of an engine; it ends by itself after a minute. */
public final class EngineProcess {

    private EngineProcess() {}

    /** Starts it, to be ended with this process's clean stop, and returns its id. */
    public static String start() {
        try {
            Process engine = new ProcessBuilder("sleep", "60")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(engine::destroyForcibly));
            return Long.toString(engine.pid());
        } catch (IOException e) {
            throw new UncheckedIOException("the engine cannot be started", e);
        }
    }
}
