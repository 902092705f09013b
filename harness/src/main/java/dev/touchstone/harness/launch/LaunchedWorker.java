package dev.touchstone.harness.launch;

import dev.touchstone.harness.evidence.HostProbe;
import dev.touchstone.harness.evidence.LocalHostProbe;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A worker process that this kit started. It never outlives the kit. Thread-safe. */
public final class LaunchedWorker implements AutoCloseable {

    private static final Duration STOP_BUDGET = Duration.ofSeconds(5);
    private static final int POLL_MILLIS = 25;
    private static final int CONNECT_MILLIS = 1000;

    private final CommandTemplate template;
    private final int port;
    private final Duration healthBudget;
    private final WorkerLog log = new WorkerLog();
    private final Thread onExit = new Thread(this::destroyTree, "touchstone-stops-worker");
    private volatile Optional<Process> process = Optional.empty();
    private final List<ProcessHandle> leftAlone = new CopyOnWriteArrayList<>();
    private volatile Thread reader = new Thread(() -> {});

    LaunchedWorker(CommandTemplate template, int port, Duration healthBudget) {
        this.template = template;
        this.port = port;
        this.healthBudget = healthBudget;
    }

    synchronized void start() throws LaunchFailure, InterruptedException {
        begin();
        awaitHealthy();
    }

    synchronized void begin() throws LaunchFailure {
        List<String> words = template.words(port);
        Process started;
        try {
            started = new ProcessBuilder(words).redirectErrorStream(true).start();
            started.getOutputStream().close();
        } catch (IOException e) {
            throw new LaunchFailure(
                    "The worker command '" + words.getFirst() + "' could not be started: " + e.getMessage() + ".");
        }
        process = Optional.of(started);
        reader = Thread.ofVirtual()
                .start(() -> log.readAll(
                        new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))));
        hook(true);
    }

    /**
     * Waits until {@code GET /health} answers 200.
     *
     * @throws LaunchFailure with one sentence; the process is gone then
     */
    public void awaitHealthy() throws LaunchFailure, InterruptedException {
        awaitHealthy(current().orElseThrow(() -> new LaunchFailure("The worker was not started.")));
    }

    private synchronized Optional<Process> current() {
        return process;
    }

    /** Waits until the worker is healthy or has exited, at most {@code limit}; returns whether it is healthy. */
    public boolean settle(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (System.nanoTime() < deadline) {
            if (awaitExit(Duration.ofMillis(POLL_MILLIS)).isPresent()) {
                reader.join(1000);
                return false;
            }
            if (healthy()) {
                return true;
            }
        }
        return false;
    }

    /** Whether something takes connections on its port. */
    public boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
            return true;
        } catch (IOException nobody) {
            return false;
        }
    }

    private void awaitHealthy(Process started) throws LaunchFailure, InterruptedException {
        long deadline = System.nanoTime() + healthBudget.toNanos();
        try {
            while (!healthy()) {
                // waits for the one thing that can be waited for: the worker's early death
                if (started.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                    reader.join(1000);
                    throw new LaunchFailure("The worker exited with status " + started.exitValue()
                            + " before it was healthy; its last line was: "
                            + log.lastLine().orElse("(nothing)"));
                }
                if (System.nanoTime() > deadline) {
                    throw new LaunchFailure("The worker was not healthy within " + healthBudget.toSeconds() + " s at "
                            + url() + "/health; its last line was: "
                            + log.lastLine().orElse("(nothing)"));
                }
            }
        } catch (LaunchFailure | InterruptedException e) {
            kill();
            throw e;
        }
    }

    private boolean healthy() {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(url() + "/health").toURL().openConnection();
            connection.setConnectTimeout(CONNECT_MILLIS);
            connection.setReadTimeout(CONNECT_MILLIS);
            try {
                return connection.getResponseCode() == 200;
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            return false;
        }
    }

    /** Base URL without a trailing slash. */
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    /** The command line as the template has it. */
    public String command() {
        return template.text();
    }

    /** The process id of what the command line started. */
    public synchronized long pid() {
        return process.map(Process::pid).orElse(0L);
    }

    public synchronized boolean alive() {
        return process.map(Process::isAlive).orElse(false);
    }

    /** The last of what the worker wrote on standard output and error, about 256 Ki characters. */
    public String log() {
        return log.text();
    }

    /** Sends SIGTERM without waiting. */
    public synchronized void terminate() {
        process.ifPresent(Process::destroy);
    }

    /**
     * Waits for the process's end.
     *
     * @return its exit status, or empty when it still runs after {@code limit}
     */
    public Optional<Integer> awaitExit(Duration limit) throws InterruptedException {
        Optional<Process> awaited = current();
        if (awaited.isEmpty() || !awaited.get().waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
            return Optional.empty();
        }
        return awaited.map(Process::exitValue);
    }

    /** Sends SIGTERM, waits, and kills what is left. Returns the exit status. */
    public int stop() throws InterruptedException {
        terminate();
        Optional<Integer> status = awaitExit(STOP_BUDGET);
        kill();
        return status.or(() -> {
                    synchronized (this) {
                        return process.map(Process::exitValue);
                    }
                })
                .orElse(0);
    }

    /** Kills the process and its children at once (SIGKILL) and waits until they are gone. */
    public synchronized void kill() throws InterruptedException {
        destroyTree();
        if (process.isPresent()) {
            process.get().waitFor(STOP_BUDGET.toNanos(), TimeUnit.NANOSECONDS);
            reader.join(1000);
        }
        hook(false);
    }

    /** Starts the same command again on the same port; what still ran is killed first. */
    public synchronized void restart() throws LaunchFailure, InterruptedException {
        kill();
        start();
    }

    /**
     * Kills the process that listens (SIGKILL), with those that it was started by, and starts the same command again on
     * the same port. What the listening process had started itself is left to notice that by itself, as it is by an
     * orchestrator or a kernel that kills; it is gone when this worker is closed.
     */
    public synchronized void killServerAndRestart() throws LaunchFailure, InterruptedException {
        List<ProcessHandle> below = belowListener();
        process.ifPresent(p -> {
            List<ProcessHandle> children = p.descendants().toList();
            p.destroyForcibly();
            children.stream().filter(child -> !below.contains(child)).forEach(ProcessHandle::destroyForcibly);
        });
        leftAlone.addAll(below);
        if (process.isPresent()) {
            process.get().waitFor(STOP_BUDGET.toNanos(), TimeUnit.NANOSECONDS);
        }
        start();
    }

    /** What the process that listens has started; nothing where it cannot be found. */
    private List<ProcessHandle> belowListener() {
        try (HostProbe host = LocalHostProbe.open()) {
            return host.listenerOn(port).found().flatMap(ProcessHandle::of).stream()
                    .flatMap(ProcessHandle::descendants)
                    .toList();
        }
    }

    private void destroyTree() {
        process.ifPresent(p -> {
            List<ProcessHandle> children = p.descendants().toList();
            p.destroyForcibly();
            children.forEach(ProcessHandle::destroyForcibly);
        });
        leftAlone.forEach(ProcessHandle::destroyForcibly);
    }

    private void hook(boolean wanted) {
        try {
            Runtime.getRuntime().removeShutdownHook(onExit);
            if (wanted) {
                Runtime.getRuntime().addShutdownHook(onExit);
            }
        } catch (IllegalStateException e) {
            // The machine is going down: the hook runs now, or this is the hook's own doing.
            destroyTree();
        }
    }

    /** Stops the worker; an interrupted wait kills it. */
    @Override
    public void close() {
        try {
            stop();
        } catch (InterruptedException e) {
            destroyTree();
            Thread.currentThread().interrupt();
        }
    }
}
