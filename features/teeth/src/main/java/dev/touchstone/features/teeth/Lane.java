package dev.touchstone.features.teeth;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The parent's end of a {@link LaneCommand} process, which is started anew when it has died. Not thread-safe. */
final class Lane implements AutoCloseable {

    private static final Duration STOP = Duration.ofSeconds(20);
    private static final List<String> PASSED_ON = List.of(
            "touchstone.home",
            "touchstone.worker.command",
            "touchstone.faulty.command",
            "touchstone.host.command",
            "touchstone.debug",
            LiveGpu.PROPERTY);

    private final int number;
    private final Path out;
    private final Duration limit;
    private final ObjectMapper json = new ObjectMapper();
    private Link link = Link.NONE;

    /** A process and its two pipes. */
    private record Link(List<Process> process, List<BufferedWriter> tasks, List<BufferedReader> answers) {
        private static final Link NONE = new Link(List.of(), List.of(), List.of());

        boolean alive() {
            return !process.isEmpty() && process.getFirst().isAlive();
        }
    }

    /** @param limit for one task; a lane that needs longer is killed */
    Lane(int number, Path out, Duration limit) {
        this.number = number;
        this.out = out;
        this.limit = limit;
    }

    TrialResult judge(Fault fault) throws InterruptedException {
        try {
            return json.readValue(ask(Map.of("fault", fault.id())), TrialResult.class);
        } catch (IOException e) {
            kill();
            return TrialResult.void_(fault.id(), "" + e.getMessage());
        }
    }

    InnocentResult judge(Innocent innocent, int rounds) throws InterruptedException {
        try {
            return json.readValue(ask(Map.of("innocent", innocent.id(), "rounds", rounds)), InnocentResult.class);
        } catch (IOException e) {
            kill();
            return InnocentResult.void_(innocent.id(), "" + e.getMessage());
        }
    }

    private String ask(Map<String, Object> task) throws IOException, InterruptedException {
        if (!link.alive()) {
            link = open();
        }
        BufferedWriter tasks = link.tasks().getFirst();
        tasks.write(json.writeValueAsString(task));
        tasks.newLine();
        tasks.flush();
        BufferedReader answers = link.answers().getFirst();
        FutureTask<String> answer = new FutureTask<>(() -> {
            String line = answers.readLine();
            return line == null ? "" : line;
        });
        Thread.ofVirtual().start(answer);
        try {
            String line = answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (line.isEmpty()) {
                throw new IOException("The lane's process ended; its last words are in " + log() + ".");
            }
            return line;
        } catch (TimeoutException e) {
            throw new IOException("The lane did not answer within " + limit.toSeconds() + " s.", e);
        } catch (ExecutionException e) {
            throw new IOException("The lane cannot be heard: " + e.getMessage() + ".", e);
        }
    }

    private Path log() {
        return out.resolve("lane-" + number + ".log");
    }

    private Link open() throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(
                List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx1g"));
        PASSED_ON.forEach(name -> {
            String value = System.getProperty(name);
            if (value != null) {
                command.add("-D" + name + "=" + value);
            }
        });
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                "dev.touchstone.harness.cli.Main",
                "teeth-lane",
                "--out",
                out.toString()));
        Files.createDirectories(out);
        File log = log().toFile();
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log))
                .start();
        return new Link(
                List.of(process),
                List.of(new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8))),
                List.of(new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))));
    }

    private void kill() {
        link.process().forEach(process -> {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        });
        link = Link.NONE;
    }

    /** Lets the process end by itself, so that it stops its workers. */
    @Override
    public void close() {
        try {
            for (BufferedWriter tasks : link.tasks()) {
                tasks.close();
            }
            for (Process process : link.process()) {
                if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                    kill();
                }
            }
        } catch (IOException e) {
            kill(); // it is gone already
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        }
    }
}
