package dev.touchstone.worker.model;

import static org.assertj.core.api.Assertions.fail;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Finds the folder of models and golden results that lies beside the repository. */
public final class SharedFiles {

    private SharedFiles() {}

    /** Walks up from the working directory. Missing files fail the test on CI and skip it elsewhere. */
    public static Path shared(String relative) {
        Path folder = Path.of("").toAbsolutePath();
        for (Path at = folder; at != null; at = at.getParent()) {
            Path found = at.resolve("shared").resolve(relative);
            if (Files.exists(found)) {
                return found;
            }
        }
        String message = "shared/" + relative + " is in no folder above " + folder.getFileName();
        if ("true".equals(System.getenv("CI"))) {
            fail(message);
        }
        Assumptions.abort(message);
        return folder;
    }
}
