package dev.touchstone.harness.cli;

import dev.touchstone.harness.evidence.HostProbe;
import dev.touchstone.harness.evidence.HostSampler;
import dev.touchstone.harness.evidence.HostSamples;
import dev.touchstone.harness.evidence.LocalHostProbe;
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

    @CommandLine.Option(names = "--pid", required = true, paramLabel = "N", description = "The worker's process.")
    private long pid;

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
        if (pid < 1) {
            throw new CommandFailure("The process id is %d; accepted is a number from 1.".formatted(pid));
        }
        if (seconds < 1 || seconds > LONGEST) {
            throw new CommandFailure("--seconds is %d; accepted is 1 to %d.".formatted(seconds, LONGEST));
        }
        HostSamples host;
        try (HostProbe probe = LocalHostProbe.open()) {
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
