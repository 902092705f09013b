package dev.touchstone.features.teeth;

import dev.touchstone.features.run.QuietRun;
import dev.touchstone.features.teeth.host.RecordedHost;
import dev.touchstone.features.teeth.wire.ChangingProxy;
import dev.touchstone.features.teeth.wire.OneRequestEach;
import dev.touchstone.features.teeth.wire.TrafficChange;
import dev.touchstone.harness.cli.CommandFailure;
import dev.touchstone.harness.launch.LaunchFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/** Puts workers up and has the kit look at them, for as long as the watch wants more. One at a time; not thread-safe. */
final class Stand implements AutoCloseable {

    /** A worker whose engine fails once a file beside its report is there, and that is honest otherwise. */
    private static final String BREAKABLE = "breakable-engine";

    private final Commands commands;
    private final HonestWorkers honest;
    private final HostedWorkers hosted;
    private final QuietRun kit = new QuietRun();

    /** @param hostLog what the workers print that share a process */
    Stand(Commands commands, Path hostLog) {
        this.commands = commands;
        this.honest = new HonestWorkers(commands);
        this.hosted = new HostedWorkers(commands.host(), hostLog);
    }

    /** Whether a worker with a fault may share its process with others: the fault is in the worker's own classes. */
    boolean hosts(String fault) throws InterruptedException {
        try {
            return hosted.fits(fault);
        } catch (IOException e) {
            return false; // then it has a process of its own
        }
    }

    /** The real worker as it is, in a process that it shares with those before and after it; as {@link #hosted}. */
    Observation hostedHonest(Setup setup, Path out) throws InterruptedException {
        return setup.breaksEngine()
                ? hosted(setup, BREAKABLE, QuietRun.Watch.TO_THE_END, out)
                : hosted(setup, "", commands.honest(setup.options()), QuietRun.Watch.TO_THE_END, out);
    }

    /**
     * The real worker with a fault, in a process that it shares with those before and after it. Those that the kit starts
     * beside it have the fault, too, and processes of their own.
     */
    Observation hosted(Setup setup, String fault, QuietRun.Watch watch, Path out) throws InterruptedException {
        String command = commands.faulty(fault, report(out).toString(), setup.options());
        return hosted(setup, fault, command, watch, out);
    }

    private Observation hosted(Setup setup, String fault, String command, QuietRun.Watch watch, Path out)
            throws InterruptedException {
        Path report = report(out);
        try {
            makeRoom(report);
            String url = hosted.serve(fault, report, setup.options());
            return look(
                    setup.request(Optional.of(url), Optional.of(command), breakEngine(setup, report), out)
                            .withWatch(watch),
                    () -> lines(report));
        } catch (IOException e) {
            return Observation.failed("" + e.getMessage(), 0);
        } finally {
            hosted.stop();
        }
    }

    /** The real worker behind a proxy, or several as one. */
    Observation behindProxy(Setup setup, TrafficChange change, QuietRun.Watch watch, Path out)
            throws InterruptedException {
        return behindProxy(
                setup,
                change,
                url -> setup.request(Optional.of(url), Optional.empty(), out).withWatch(watch));
    }

    /** The real worker behind a proxy that makes it look like the one that was recorded; its host is the recording. */
    Observation onHost(Setup setup, RecordedHost host, QuietRun.Watch watch, Path out) throws InterruptedException {
        Observation seen = behindProxy(
                setup,
                host.traffic(),
                url -> setup.request(Optional.of(url), Optional.empty(), out)
                        .withHost(host.evidence())
                        .withWatch(watch));
        return new Observation(seen.outcome(), seen.failure(), host.looks(), host.words());
    }

    private Observation behindProxy(Setup setup, TrafficChange change, Function<String, QuietRun.Request> request)
            throws InterruptedException {
        TrafficChange each = setup.workers() == 1 ? change : new OneRequestEach(change);
        try (ChangingProxy proxy = ChangingProxy.start(honest.ports(setup.options(), setup.workers()), 0, each)) {
            Observation seen = look(request.apply("http://127.0.0.1:" + proxy.port()), proxy::fired);
            return proxy.failure()
                    .map(sentence -> Observation.failed("The proxy failed: " + sentence, proxy.fired()))
                    .orElse(seen);
        } catch (LaunchFailure | IOException | IllegalStateException e) {
            // also a change that does not end: that says nothing of the kit, and other trials must go on
            return Observation.failed("" + e.getMessage(), 0);
        }
    }

    /** The real worker as it is, started by the kit; where its engine is to be broken, with the means for that. */
    Observation started(Setup setup, Path out) throws InterruptedException {
        return setup.breaksEngine()
                ? withAgent(setup, BREAKABLE, QuietRun.Watch.TO_THE_END, out)
                : look(setup.request(Optional.empty(), Optional.of(commands.honest(setup.options())), out), () -> 0);
    }

    /** The real worker with an agent in its process, started by the kit. */
    Observation withAgent(Setup setup, String fault, QuietRun.Watch watch, Path out) throws InterruptedException {
        Path report = report(out);
        try {
            makeRoom(report);
        } catch (IOException e) {
            return Observation.failed("" + e.getMessage(), 0);
        }
        String command = commands.faulty(fault, report.toString(), setup.options());
        return look(
                setup.request(Optional.empty(), Optional.of(command), breakEngine(setup, report), out)
                        .withWatch(watch),
                () -> lines(report));
    }

    private static Path report(Path out) {
        return out.resolve("fired").toAbsolutePath();
    }

    private static void makeRoom(Path report) throws IOException {
        try {
            Files.createDirectories(report.getParent());
            Files.deleteIfExists(report);
        } catch (IOException e) {
            throw new IOException("The results cannot be written to " + report + ": " + e.getMessage() + ".", e);
        }
    }

    private static Optional<String> breakEngine(Setup setup, Path report) {
        return setup.breaksEngine() ? Optional.of("touch '" + report + ".broken.{pid}'") : Optional.empty();
    }

    /** How often something fired; asked once the run is over. */
    private interface Fired {
        long times();
    }

    private Observation look(QuietRun.Request request, Fired fired) throws InterruptedException {
        try {
            QuietRun.Outcome outcome = kit.judge(request);
            return Observation.of(outcome, fired.times());
        } catch (CommandFailure | IllegalArgumentException e) {
            return Observation.failed("" + e.getMessage(), fired.times());
        }
    }

    private static long lines(Path report) {
        try {
            return Files.exists(report) ? Files.readAllLines(report).size() : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    @Override
    public void close() {
        hosted.close();
        honest.close();
    }
}
