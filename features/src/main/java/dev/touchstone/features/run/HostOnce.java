package dev.touchstone.features.run;

import dev.touchstone.features.steps.HostAccess;
import dev.touchstone.harness.check.ModelFacts;
import dev.touchstone.harness.evidence.HostProbe;
import dev.touchstone.harness.evidence.HostSampler;
import dev.touchstone.harness.evidence.HostSamples;
import dev.touchstone.harness.evidence.LocalHostProbe;
import dev.touchstone.harness.evidence.Reading;
import dev.touchstone.harness.launch.CommandTemplate;
import dev.touchstone.harness.launch.LaunchedWorker;
import dev.touchstone.harness.target.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Finds the worker's process on this machine when the first scenario needs it, and never again. Thread-safe. */
final class HostOnce {

    private final Supplier<Reading<Long>> pid;
    private final Optional<HostSamples> before;
    private final ModelFacts model;
    private final Supplier<HostProbe> probes;
    private Optional<HostAccess> known = Optional.empty();

    private HostOnce(Supplier<Reading<Long>> pid, Optional<HostSamples> before, ModelFacts model) {
        this(pid, before, model, LocalHostProbe::open);
    }

    private HostOnce(
            Supplier<Reading<Long>> pid, Optional<HostSamples> before, ModelFacts model, Supplier<HostProbe> probes) {
        this.pid = pid;
        this.before = before;
        this.model = model;
        this.probes = probes;
    }

    /** A worker that this kit started. */
    static HostOnce of(LaunchedWorker worker, Optional<HostSamples> before, OptionalLong modelBytes) {
        return new HostOnce(() -> Reading.of(worker.pid()), before, new ModelFacts(modelBytes, path(worker.command())));
    }

    /** A worker that runs already: the process that a person named, or the one that listens on its port. */
    static HostOnce of(Target target, OptionalLong named, OptionalLong modelBytes) {
        return new HostOnce(
                () -> named.isPresent() ? Reading.of(named.getAsLong()) : listener(target),
                Optional.empty(),
                new ModelFacts(modelBytes, Optional.empty()));
    }

    /** A worker whose host is looked at elsewhere than on this machine. */
    static HostOnce of(HostEvidence evidence) {
        return new HostOnce(
                () -> Reading.of(evidence.pid()),
                Optional.empty(),
                new ModelFacts(OptionalLong.of(evidence.modelBytes()), Optional.empty()),
                evidence.probes());
    }

    /** Of a run that only judges what another one saw. */
    static HostOnce ofAnEarlierRun() {
        return new HostOnce(
                () -> Reading.none("this run only judges what an earlier one saw"),
                Optional.empty(),
                new ModelFacts(OptionalLong.empty(), Optional.empty()));
    }

    synchronized HostAccess access() {
        if (known.isEmpty()) {
            known = Optional.of(new HostAccess(pid.get(), before, model, probes));
        }
        return known.get();
    }

    /** This host's GPUs as they are now; empty where there is no driver to ask. */
    static Optional<HostSamples> look() {
        try (HostProbe probe = LocalHostProbe.open()) {
            return probe.facts().driver().found().isPresent()
                    ? Optional.of(
                            new HostSampler(probe).once(ProcessHandle.current().pid()))
                    : Optional.empty();
        }
    }

    private static Reading<Long> listener(Target target) {
        try {
            if (!InetAddress.getByName(target.host()).isLoopbackAddress()) {
                return Reading.none("the worker is at another address than this host's own; --pid N names its process");
            }
        } catch (IOException e) {
            return Reading.none("the worker's address is not known: " + e.getMessage());
        }
        try (HostProbe probe = LocalHostProbe.open()) {
            return probe.listenerOn(target.port());
        }
    }

    private static Optional<String> path(String command) {
        return new CommandTemplate(command).option("--model").map(Path::of).map(file -> {
            try {
                return file.toRealPath().toString();
            } catch (IOException e) {
                // the worker may see other folders than this kit does; then its own word is the best there is
                return file.toString();
            }
        });
    }
}
