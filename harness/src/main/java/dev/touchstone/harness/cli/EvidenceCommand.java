package dev.touchstone.harness.cli;

import dev.touchstone.harness.evidence.HostProbe;
import dev.touchstone.harness.evidence.HostSampler;
import dev.touchstone.harness.evidence.HostSamples;
import dev.touchstone.harness.evidence.LocalHostProbe;
import dev.touchstone.harness.evidence.Reading;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;

/** {@code touchstone evidence}: shows what this host tells of a process and its GPU, and what it does not. */
@CommandLine.Command(
        name = "evidence",
        description = "Shows what this host tells of a worker's process and its GPU.",
        mixinStandardHelpOptions = true)
public final class EvidenceCommand implements Command, Callable<Integer> {

    private static final int LONGEST = 600;
    private static final int HIGHEST_PORT = 65_535;

    @CommandLine.ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private Subject subject;

    /** Exactly one of the two. */
    private static final class Subject {
        @CommandLine.Option(names = "--pid", paramLabel = "N", description = "The worker's process.")
        private Optional<Long> pid = Optional.empty();

        @CommandLine.Option(
                names = "--port",
                paramLabel = "N",
                description = "The process of this host that listens on this TCP port.")
        private Optional<Integer> port = Optional.empty();
    }

    @CommandLine.Option(
            names = "--seconds",
            paramLabel = "S",
            description = "How long to look, 1 to 600; without it 3.")
    private int seconds = 3;

    @CommandLine.Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also write every sample there, as JSON that can be judged later.")
    private Optional<Path> json = Optional.empty();

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (seconds < 1 || seconds > LONGEST) {
            throw new CommandFailure("--seconds is %d; accepted is 1 to %d.".formatted(seconds, LONGEST));
        }
        HostSamples host;
        try (HostProbe probe = LocalHostProbe.open()) {
            long pid = pid(probe);
            var never = new CountDownLatch(1);
            host = new HostSampler(probe)
                    .during(pid, () -> never.await(seconds, TimeUnit.SECONDS))
                    .host();
        }
        PrintWriter out = spec.commandLine().getOut();
        EvidenceText.of(host).forEach(out::println);
        out.flush();
        if (json.isPresent()) {
            write(json.get(), host.toJson());
        }
        return 0;
    }

    private long pid(HostProbe probe) {
        if (subject.port.isEmpty()) {
            long pid = subject.pid.orElse(0L);
            if (pid < 1) {
                throw new CommandFailure("The process id is %d; accepted is a number from 1.".formatted(pid));
            }
            return pid;
        }
        int port = subject.port.get();
        if (port < 1 || port > HIGHEST_PORT) {
            throw new CommandFailure("The port is %d; accepted is 1 to %d.".formatted(port, HIGHEST_PORT));
        }
        Reading<Long> owner = probe.listenerOn(port);
        return owner.found()
                .orElseThrow(() -> new CommandFailure(
                        "The process cannot be found: %s; --pid N names it.".formatted(owner.reason())));
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new CommandFailure(
                    "The samples cannot be written to '%s': %s; accepted is a file in a folder that exists."
                            .formatted(file, e.getClass().getSimpleName()));
        }
    }
}
