package dev.touchstone.worker.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Tells the kit that the fault did what makes it a fault: the process appends one line to a file, the first time.
 * Thread-safe. Public because advice is woven into the worker's own classes.
 */
public final class Fired {

    private static final AtomicBoolean TOLD = new AtomicBoolean();
    private static volatile String fault = "";
    private static volatile String file = "";

    private Fired() {}

    /**
     * Where to tell it; nowhere where the path is empty.
     *
     * @throws NotWoven when nothing could be written there later
     */
    static void reportTo(String name, String path) throws NotWoven {
        Path folder = Path.of(path).toAbsolutePath().getParent();
        if (!path.isEmpty() && (folder == null || !Files.isWritable(folder))) {
            throw new NotWoven("The fault's report " + path + " cannot be written, for its folder cannot.");
        }
        fault = name;
        file = path;
    }

    /** To be called by every fault at the moment when it does something wrong. */
    public static void now() {
        if (TOLD.compareAndSet(false, true) && !file.isEmpty()) {
            try {
                Files.writeString(Path.of(file), fault + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException("the fault's report " + file + " cannot be written", e);
            }
        }
    }
}
