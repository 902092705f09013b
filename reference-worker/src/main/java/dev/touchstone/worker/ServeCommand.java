package dev.touchstone.worker;

import dev.touchstone.worker.engine.DeviceFailure;
import dev.touchstone.worker.engine.Engine;
import dev.touchstone.worker.engine.TooLittleMemoryException;
import dev.touchstone.worker.engine.start.EngineChoice;
import dev.touchstone.worker.engine.start.EngineUnavailableException;
import dev.touchstone.worker.engine.start.EngineWish;
import dev.touchstone.worker.engine.start.SparingJit;
import dev.touchstone.worker.http.ServerOptions;
import dev.touchstone.worker.http.WorkerServer;
import dev.touchstone.worker.job.Scheduler;
import dev.touchstone.worker.model.tokenizer.Tokenizer;
import dev.touchstone.worker.openai.OpenAiDialect;
import dev.touchstone.worker.telemetry.Log;
import dev.touchstone.worker.telemetry.Metrics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Serves one model until SIGTERM, POST /shutdown or an interrupt of its thread. Exit status 0 after a clean stop, 1 when it
 * could not start.
 */
@Command(name = "serve", description = "Serve a model over HTTP.", mixinStandardHelpOptions = true)
public final class ServeCommand implements Callable<Integer> {
    /** Held here, for a logger that nobody holds forgets its level. */
    private static final Logger UNDERTOW = Logger.getLogger("io.undertow");

    private static final Logger XNIO = Logger.getLogger("org.xnio");
    private static final Logger THREADS = Logger.getLogger("org.jboss.threads");

    private static final Duration LONGEST = Duration.ofDays(1);
    private static final Pattern UUID_FORM =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--model", description = "GGUF file; the embedded tiny model when left out.")
    Optional<Path> model = Optional.empty();

    @Option(names = "--cpu", description = EngineWish.CPU_HELP)
    boolean cpu;

    @Option(names = "--gpu-device", paramLabel = "N", description = EngineWish.GPU_HELP)
    Optional<Integer> gpuDevice = Optional.empty();

    @Option(names = "--kv-type", defaultValue = "f16", paramLabel = "TYPE", description = EngineWish.KV_HELP)
    String kvType = "f16";

    @Option(names = "--port", defaultValue = "8080", description = "Port; 0 for any free one.")
    int port;

    @Option(names = "--host", defaultValue = "127.0.0.1", description = "Address to listen on.")
    String host = "127.0.0.1";

    @Option(names = "--worker-id", description = "UUID reported by /health.")
    String workerId = UUID.randomUUID().toString();

    @Option(names = "--context", defaultValue = "0", description = "Context length; the model's own when left out.")
    int context;

    @Option(names = "--max-queue", defaultValue = "64", description = "Jobs that may wait.")
    int maxQueue;

    @Option(names = "--inference-timeout", defaultValue = "300s", description = "Longest time of one job.")
    String inferenceTimeout = "300s";

    @Option(names = "--write-timeout", defaultValue = "10s", description = "Longest stall of a reader.")
    String writeTimeout = "10s";

    @Option(names = "--token-file", description = "File with the bearer token.")
    Optional<Path> tokenFile = Optional.empty();

    @Option(names = "--allow-anonymous", description = "Listen beyond loopback without a token.")
    boolean allowAnonymous;

    @Option(names = "--log", defaultValue = "text", description = "text or json.")
    String logForm = "text";

    @Override
    public Integer call() throws InterruptedException {
        try {
            return serve();
        } catch (StartFailure e) {
            spec.commandLine().getErr().println(String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
            return 1;
        }
    }

    private int serve() throws StartFailure, InterruptedException {
        Duration inference = duration("--inference-timeout", inferenceTimeout);
        Duration write = duration("--write-timeout", writeTimeout);
        String token = check();
        probePort();
        for (Logger logger : new Logger[] {UNDERTOW, XNIO, THREADS}) {
            logger.setLevel(Level.SEVERE);
        }
        Log log = new Log(System.err, logForm.equals("json"));
        Rehearsal rehearsal = Rehearsal.begin(log);
        try (LoadedModel loaded = load(log)) {
            rehearsal.await();
            return run(loaded, token, inference, write, log);
        }
    }

    private LoadedModel load(Log log) throws StartFailure {
        try {
            EngineChoice choice = EngineWish.of(cpu, gpuDevice, kvType).decide();
            log.line("engine_chosen", "engine", choice.engine(), "why", choice.why());
            if (choice.device().isPresent()) {
                spareC2(log);
            }
            return LoadedModel.load(model, context, choice, log);
        } catch (EngineUnavailableException | DeviceFailure e) {
            throw new StartFailure(String.valueOf(e.getMessage()));
        } catch (TooLittleMemoryException e) {
            throw new StartFailure(
                    e.getMessage() + " Free memory of that GPU, or give a smaller --model or --context.");
        } catch (IOException e) {
            String why = String.valueOf(e.getMessage());
            String path = model.map(Path::toString).orElse("");
            throw new StartFailure((why.contains(path) ? "" : path + ": ") + why
                    + " Give --model a whole GGUF file of a supported model, and --context no more than it takes.");
        }
    }

    /** While the model loads: it takes a fifth of a second, mostly the JVM's management classes. */
    private static void spareC2(Log log) {
        Thread.ofPlatform()
                .name("sparing-jit")
                .daemon()
                .start(() -> SparingJit.begin().ifPresent(why -> log.line("jit_unchanged", "why", why)));
    }

    private int run(LoadedModel loaded, String token, Duration inference, Duration write, Log log)
            throws StartFailure, InterruptedException {
        Metrics metrics = new Metrics();
        Engine engine = loaded.engine();
        Tokenizer tokenizer = loaded.tokenizer();
        Scheduler scheduler = new Scheduler(engine, tokenizer, inference, maxQueue, metrics, log);
        CountDownLatch stop = new CountDownLatch(1);
        WorkerServer server = new WorkerServer(
                new ServerOptions(host, port, token, workerId, loaded.name(), write),
                engine,
                tokenizer,
                new OpenAiDialect(loaded.name(), engine.facts(), tokenizer, loaded.template(), InstantSource.system()),
                scheduler,
                metrics,
                log,
                stop::countDown);
        scheduler.start();
        try {
            server.start();
        } catch (RuntimeException e) {
            throw portTaken();
        }
        // The JVM would exit with 143 on SIGTERM; a clean stop is status 0, so the hook halts with it.
        Thread onSignal = new Thread(() -> {
            drain(scheduler, server);
            Runtime.getRuntime().halt(0);
        });
        Runtime.getRuntime().addShutdownHook(onSignal);
        System.out.println(
                "listening on http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + server.port());
        System.out.flush();
        try {
            stop.await();
            // The engine is closed when this returns, and must not be under a running job.
            drain(scheduler, server);
        } catch (InterruptedException e) {
            leave(scheduler, server, onSignal);
        }
        return 0;
    }

    /** Whoever interrupts this thread goes on without this worker, of which nothing may stay behind in the process. */
    private static void leave(Scheduler scheduler, WorkerServer server, Thread onSignal) {
        drain(scheduler, server);
        server.close();
        try {
            Runtime.getRuntime().removeShutdownHook(onSignal);
        } catch (IllegalStateException e) {
            // a signal came meanwhile, and the hook ends the process
        }
    }

    /** A port that is taken should be told before a model is loaded, not a minute later. */
    private void probePort() throws StartFailure {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(host, port));
        } catch (IOException e) {
            throw portTaken();
        }
    }

    private StartFailure portTaken() {
        return new StartFailure(
                "--port " + port + " on " + host + " cannot be listened on; choose a free port, or 0 for any.");
    }

    private static void drain(Scheduler scheduler, WorkerServer server) {
        try {
            scheduler.drain(Duration.ofSeconds(2));
            CountDownLatch never = new CountDownLatch(1);
            for (int i = 0; i < 50 && server.openStreams() > 0; i++) {
                // Nothing signals that a socket has taken its last byte, so this looks again for up to a second.
                if (never.await(20, java.util.concurrent.TimeUnit.MILLISECONDS)) {
                    break;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String check() throws StartFailure {
        require(
                gpuDevice.isEmpty() || gpuDevice.get() >= 0,
                "--gpu-device must be 0 or more, but was " + gpuDevice.orElse(0) + ".");
        require(port >= 0 && port <= 65535, "--port must be from 0 to 65535, but was " + port + ".");
        require(
                maxQueue >= 1 && maxQueue <= 100_000,
                "--max-queue must be from 1 to 100000, but was " + maxQueue + ".");
        require(
                UUID_FORM.matcher(workerId).matches(),
                "--worker-id must be a UUID such as " + "8f14e45f-ceea-467a-9a36-dedd4bea2543, but was " + workerId
                        + ".");
        require(
                model.isEmpty() || !model.get().toString().isEmpty(),
                "--model must be the path of a GGUF file, but was empty.");
        require(context >= 0, "--context must be 1 or more, but was " + context + ".");
        require(
                logForm.equals("text") || logForm.equals("json"),
                "--log must be text or json, but was " + logForm + ".");
        String token = token();
        boolean loopback;
        try {
            loopback = InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new StartFailure("--host must be an address of this machine, but was " + host + ".");
        }
        require(
                loopback || !token.isEmpty() || allowAnonymous,
                "--host " + host + " is not loopback; give --token-file, or --allow-anonymous to serve anyone.");
        return token;
    }

    private String token() throws StartFailure {
        if (tokenFile.isEmpty()) {
            return "";
        }
        try {
            String token = Files.readString(tokenFile.get()).strip();
            require(!token.isEmpty(), "--token-file " + tokenFile.get() + " is empty; it must hold the bearer token.");
            return token;
        } catch (IOException e) {
            throw new StartFailure("--token-file " + tokenFile.get() + " cannot be read; give a readable text file.");
        }
    }

    private static Duration duration(String option, String text) throws StartFailure {
        String rule = option + " must be a time such as 300s, 500ms or 5m, up to 1440m, but was " + text + ".";
        var matcher = Pattern.compile("([0-9]{1,9})(ms|s|m)").matcher(text);
        require(matcher.matches(), rule);
        long amount = Long.parseLong(matcher.group(1));
        Duration duration = switch (String.valueOf(matcher.group(2))) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            default -> Duration.ofMinutes(amount);
        };
        require(amount > 0 && duration.compareTo(LONGEST) <= 0, rule);
        return duration;
    }

    private static void require(boolean holds, String message) throws StartFailure {
        if (!holds) {
            throw new StartFailure(message);
        }
    }

    /** Why the worker cannot start, in one sentence. */
    static final class StartFailure extends Exception {
        StartFailure(String message) {
            super(message);
        }
    }
}
