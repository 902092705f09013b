package dev.touchstone.harness.cli;

import java.io.IOException;
import java.nio.file.Path;

/** Turns what {@code teeth} left behind into pages; found through {@link java.util.ServiceLoader}. */
public interface TeethRenderer {

    /**
     * Reads {@code teeth.json} (schema {@code touchstone.teeth/1}) in that directory and writes the pages beside it.
     *
     * @return the page that a person should open
     * @throws IOException whose message is one sentence, where the file is missing or is not of that schema
     */
    Path render(Path resultsDirectory) throws IOException;
}
