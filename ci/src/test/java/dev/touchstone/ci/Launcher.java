package dev.touchstone.ci;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs {@code ./touchstone} as a user would, and keeps what it printed. */
record Launcher(int status, String output) {

    static Launcher touchstone(Path work, String... arguments) throws IOException, InterruptedException {
        return touchstone(work, Duration.ofMinutes(4), arguments);
    }

    static Launcher touchstone(Path work, Duration limit, String... arguments)
            throws IOException, InterruptedException {
        Path root = root();
        List<String> command =
                new ArrayList<>(List.of(root.resolve("touchstone").toString()));
        command.addAll(List.of(arguments));
        Files.createDirectories(work);
        Path log = work.resolve("terminal.txt");
        Process process = new ProcessBuilder(command)
                .directory(root.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(
                    "touchstone did not end within " + limit.toMinutes() + " minutes:\n" + Files.readString(log));
        }
        return new Launcher(process.exitValue(), Files.readString(log, StandardCharsets.UTF_8));
    }

    /** The repository's root: the nearest folder upwards that holds the launcher. */
    static Path root() {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isExecutable(folder.resolve("touchstone"))) {
                return folder;
            }
        }
        throw new AssertionError(
                "no folder above " + Path.of("").toAbsolutePath() + " holds the launcher 'touchstone'");
    }
}
