package dev.touchstone.features.teeth;

import dev.touchstone.harness.launch.CommandTemplate;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A process that serves one worker after another, honest or with a fault, each of classes of its own: most of what a worker
 * of a few seconds costs is the start of a JVM, which these share. It is started when first needed, anew where it has ended,
 * where something of a worker was left in it, or after so many workers. One worker at a time; not thread-safe.
 */
final class HostedWorkers implements AutoCloseable {

    /** What libraries keep of classes that are gone adds up. */
    private static final int WORKERS = 40;

    private static final Duration ANSWER = Duration.ofSeconds(90);
    private static final Duration END = Duration.ofSeconds(5);

    private final String command;
    private final Path log;
    private final Map<String, Boolean> fitting = new HashMap<>();
    private Optional<Running> running = Optional.empty();
    private int served;

    /** A process, what it is told and what it says; an empty line stands for its end. */
    private record Running(Process process, BufferedWriter tasks, BlockingQueue<String> answers) {}

    /** @param command by which the launcher starts it */
    HostedWorkers(String command, Path log) {
        this.command = command;
        this.log = log;
    }

    /** Whether a fault is in classes that a worker has for itself there. */
    boolean fits(String fault) throws IOException, InterruptedException {
        Boolean known = fitting.get(fault);
        if (known == null) {
            known = ask(running(), List.of("fits", fault)).equals("yes");
            fitting.put(fault, known);
        }
        return known;
    }

    /**
     * Serves a worker until {@link #stop}.
     *
     * @param fault empty for an honest worker
     * @return its URL
     * @throws IOException with one sentence
     */
    String serve(String fault, Path report, String options) throws IOException, InterruptedException {
        Running host = running();
        served++;
        List<String> task = Stream.concat(
                        Stream.of("serve", fault, report.toString(), "serve", "--port", "0"),
                        options.isEmpty() ? Stream.empty() : Stream.of(options.split(" ")))
                .toList();
        String answer = ask(host, task);
        if (!answer.startsWith("listening on ")) {
            end();
            throw new IOException("The worker did not start in the host: " + answer + "; see " + log + ".");
        }
        return answer.substring("listening on ".length());
    }

    /** Ends the worker, and the process with it where anything of that worker is left. */
    void stop() throws InterruptedException {
        try {
            if (running.isPresent()) {
                Running host = running.get();
                if (!ask(host, List.of("stop")).equals("clean") || served >= WORKERS) {
                    end();
                }
            }
        } catch (IOException e) {
            end(); // the worker took the process with it
        }
    }

    private Running running() throws IOException {
        if (running.isEmpty() || !running.get().process().isAlive()) {
            end();
            running = Optional.of(begin());
            served = 0;
        }
        return running.get();
    }

    private Running begin() throws IOException {
        Files.createDirectories(log.toAbsolutePath().getParent());
        Process process = new ProcessBuilder(new CommandTemplate(command).words(0))
                .redirectError(ProcessBuilder.Redirect.to(log.toFile()))
                .start();
        BlockingQueue<String> answers = new LinkedBlockingQueue<>();
        Thread.ofVirtual().start(() -> hear(process, answers));
        return new Running(
                process,
                new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8)),
                answers);
    }

    private static void hear(Process process, BlockingQueue<String> answers) {
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                answers.add(line);
            }
        } catch (IOException e) {
            // the same as its end
        }
        answers.add("");
    }

    private String ask(Running host, List<String> task) throws IOException, InterruptedException {
        String line = task.stream().collect(Collectors.joining("\t"));
        host.tasks().write(line);
        host.tasks().newLine();
        host.tasks().flush();
        String answer = host.answers().poll(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        if (answer == null || answer.isEmpty()) {
            end();
            throw new IOException("The host of workers " + (answer == null ? "did not answer" : "ended") + " at '"
                    + line + "'; see " + log + ".");
        }
        return answer;
    }

    private void end() {
        running.ifPresent(host -> host.process().destroyForcibly());
        running = Optional.empty();
    }

    @Override
    public void close() {
        if (running.isEmpty()) {
            return;
        }
        Running host = running.get();
        try {
            host.tasks().close();
            host.process().waitFor(END.toMillis(), TimeUnit.MILLISECONDS);
        } catch (IOException e) {
            // it is gone already
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end();
        }
    }
}
