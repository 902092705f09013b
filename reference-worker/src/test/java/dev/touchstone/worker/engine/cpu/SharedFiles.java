package dev.touchstone.worker.engine.cpu;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the models and golden data that lie beside the repository. */
final class SharedFiles {

    private SharedFiles() {}

    /** Walks up to {@code shared/}; without it a test is aborted, or fails where {@code CI=true}. */
    static Path find(String relative) {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path found = at.resolve("shared").resolve(relative);
            if (Files.exists(found)) {
                return found;
            }
        }
        String message = "shared/" + relative + " is not there, in no folder above the working directory.";
        return "true".equals(System.getenv("CI")) ? fail(message) : abort(message);
    }
}
