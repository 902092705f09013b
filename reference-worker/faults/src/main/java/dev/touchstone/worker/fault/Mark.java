package dev.touchstone.worker.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file by which one process of the worker tells something to the next on the same port. It lies beside the report, or
 * in the folder for temporary files where there is none.
 */
public record Mark(Path file) {

    /** @param kind in one word */
    public static Mark of(String kind, int port) {
        return new Mark(Fired.folder().resolve("touchstone-" + kind + "-" + port));
    }

    public boolean isThere() {
        return Files.exists(file);
    }

    /** What was left. */
    public String text() {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("the mark " + file + " cannot be read", e);
        }
    }

    /** Leaves it. */
    public void leave(String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("the mark " + file + " cannot be written", e);
        }
    }

    /** Takes it away when the process ends by itself or by SIGTERM, and not when it is killed. */
    public void takeAwayAtExit() {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                System.err.println(file + " cannot be taken away.");
            }
        }));
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
