package dev.touchstone.features.steps;

import dev.touchstone.harness.check.ModelFacts;
import dev.touchstone.harness.check.ResidencyClaim;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.evidence.Depth;
import dev.touchstone.harness.evidence.DeviceReading;
import dev.touchstone.harness.evidence.HostProbe;
import dev.touchstone.harness.evidence.HostSampler;
import dev.touchstone.harness.evidence.HostSamples;
import dev.touchstone.harness.evidence.Reading;
import dev.touchstone.harness.transcript.Exchange;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Looks at the worker's process and its GPUs, and keeps what was seen as text, so that it can be judged again.
 *
 * @param world of the scenario; memory and probes are its
 */
record HostLook(World world, Asking asking) {
    private static final String HEALTH = "claim";
    private static final String BYTES = "tensor bytes";
    private static final String PATH = "model path";

    /** What runs while the host is watched. */
    @FunctionalInterface
    interface Action {
        void run() throws InterruptedException;
    }

    /** Ends the scenario as unsupported where the worker does not claim to be resident. */
    void demandResidency() throws InterruptedException {
        if (world.target().healthPath().isPresent()) {
            world.remember(
                    HEALTH,
                    asking.send(Call.get("health", world.target().healthPath().get())));
        }
        if (claim().resident().filter(said -> !said).isPresent()) {
            throw world.unsupported("the worker says resident false: it does not claim to run from VRAM");
        }
    }

    /** Ends the scenario as inconclusive where this host tells nothing of a GPU, before much is asked for nothing. */
    void demandGpu() {
        Reading<List<DeviceReading>> gpus =
                probe().look(ProcessHandle.current().pid(), Depth.QUICK, 0).gpus();
        if (gpus.found().filter(all -> !all.isEmpty()).isEmpty()) {
            throw world.inconclusive("the worker's GPU cannot be read here: "
                    + (gpus.found().isPresent() ? "the driver lists none" : gpus.reason()));
        }
    }

    /** The worker's process; ends the scenario as inconclusive where it is not known. */
    long pid() {
        HostAccess host = world.host();
        return host.pid()
                .found()
                .orElseThrow(() -> world.inconclusive(
                        "the worker's process is not known: " + host.pid().reason()));
    }

    /** Looks once. */
    void once(String name) {
        long pid = pid();
        keep(name, new HostSampler(probe()).once(pid));
    }

    /** Looks all the time that something runs. */
    void during(String name, Action action) throws InterruptedException {
        long pid = pid();
        try {
            keep(
                    name,
                    new HostSampler(probe())
                            .during(pid, () -> {
                                action.run();
                                return pid;
                            })
                            .host());
        } catch (InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new KitFailure("The host could not be watched: " + e.getMessage());
        }
    }

    /** The process and its descendants; empty where they cannot be read. */
    static Set<Long> pids(HostProbe probe, long pid) {
        return probe.look(pid, Depth.QUICK, 0)
                .process()
                .found()
                .map(tree -> tree.processes().stream()
                        .map(process -> process.stat().pid())
                        .collect(Collectors.toSet()))
                .orElse(Set.of());
    }

    /** Bytes of GPU memory that NVML lists for those processes; empty where it cannot be read. */
    static OptionalLong vram(HostProbe probe, Set<Long> pids) {
        Optional<List<DeviceReading>> devices =
                probe.look(ProcessHandle.current().pid(), Depth.QUICK, 0).gpus().found();
        return devices.filter(all -> !pids.isEmpty() && !all.isEmpty())
                .map(all -> OptionalLong.of(all.stream()
                        .flatMap(device -> device.processes().found().orElse(List.of()).stream())
                        .filter(process -> pids.contains(process.pid()))
                        .mapToLong(process -> process.bytes().found().orElse(0L))
                        .sum()))
                .orElse(OptionalLong.empty());
    }

    HostProbe probe() {
        return world.closing(world.host().probes().get());
    }

    private void keep(String name, HostSamples samples) {
        HostAccess host = world.host();
        world.remember(name, samples.toJson());
        host.before().ifPresent(before -> world.remember("before", before.toJson()));
        host.model().tensorBytes().ifPresent(bytes -> world.remember(BYTES, bytes));
        host.model().path().ifPresent(path -> world.remember(PATH, path));
    }

    HostSamples seen(String name) {
        return HostSamples.fromJson(world.recall(name, String.class));
    }

    Optional<HostSamples> before() {
        return world.find("before", String.class).map(HostSamples::fromJson);
    }

    ResidencyClaim claim() {
        return world.find(HEALTH, Exchange.class)
                .map(ResidencyClaim::of)
                .orElseGet(() -> new ResidencyClaim(Optional.empty(), OptionalLong.empty()));
    }

    ModelFacts model() {
        return new ModelFacts(
                world.find(BYTES, Long.class).map(OptionalLong::of).orElse(OptionalLong.empty()),
                world.find(PATH, String.class));
    }
}
