package dev.touchstone.features.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Removes what an earlier run left in a results directory, so that no evidence of another run stands beside the new.
 * Touches only folders that a run writes, and only where a {@code conformance.json} shows that a run wrote there.
 */
final class EarlierResults {

    private static final List<String> WRITTEN = List.of("evidence", "allure-results");

    private EarlierResults() {}

    static void remove(Path results) throws IOException {
        if (!Files.isRegularFile(results.resolve("conformance.json"))) {
            return;
        }
        for (String folder : WRITTEN) {
            Path path = results.resolve(folder);
            if (Files.isDirectory(path)) {
                removeTree(path);
            }
        }
    }

    private static void removeTree(Path folder) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> paths = Files.walk(folder)) {
            deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.delete(path);
        }
    }
}
