package dev.touchstone.features.teeth;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Thins out what hundreds of runs leave behind: of each fault a few files in which it shows. */
final class KeptEvidence {

    private static final int MOST_FILES = 4;
    private static final long MOST_BYTES = 100_000;

    private KeptEvidence() {}

    /** Removes a run's results. */
    static void none(Path run) {
        only(run, List.of());
    }

    /** Removes a run's results but for the evidence of those scenarios. */
    static void only(Path run, List<String> folders) {
        if (!Files.isDirectory(run)) {
            return;
        }
        Set<Path> kept = new HashSet<>();
        folders.forEach(folder -> kept.addAll(readable(run.resolve(folder))));
        try (Stream<Path> all = Files.walk(run)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                boolean hollow = Files.isDirectory(file) && isEmpty(file);
                if (hollow || Files.isRegularFile(file) && !kept.contains(file)) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the results in " + run + " cannot be thinned out", e);
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.findAny().isEmpty();
        }
    }

    /** Files of a scenario that are kept, relative to the results directory. */
    static List<String> files(Path out, Path folder) {
        return readable(folder).stream()
                .map(file -> out.relativize(file).toString().replace('\\', '/'))
                .toList();
    }

    private static List<Path> readable(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file ->
                            file.toString().endsWith(".txt") && file.toFile().length() < MOST_BYTES)
                    .sorted()
                    .limit(MOST_FILES)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("the evidence in " + folder + " cannot be read", e);
        }
    }
}
