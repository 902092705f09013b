package dev.touchstone.harness.cli;

import java.io.IOException;
import java.nio.file.Path;

/** Turns the files that a run left behind into reports; found through {@link java.util.ServiceLoader}. */
public interface ReportRenderer {

    /**
     * Reads {@code conformance.json} and {@code evidence/} in that directory and writes the reports beside them.
     *
     * @return the report that a person should open
     */
    Path render(Path resultsDirectory) throws IOException;
}
