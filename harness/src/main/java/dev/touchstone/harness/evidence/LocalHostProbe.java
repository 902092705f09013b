package dev.touchstone.harness.evidence;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Looks at the machine that the kit itself runs on: NVML and {@code /proc}. Thread-safe. */
public final class LocalHostProbe implements HostProbe {

    private final ProcReader proc;
    private final PortOwner ports;
    private HostFacts facts;
    private Reading<Nvml> nvml;

    private LocalHostProbe(Reading<NvmlLibrary> library, Path proc, LongSupplier nanoTime) {
        this.nvml = Nvml.open(library, nanoTime);
        this.proc = new ProcReader(proc, nanoTime);
        this.ports = new PortOwner(proc);
        this.facts = new HostFacts(
                Optional.ofNullable(System.getenv("HOSTNAME")).orElse("local host"),
                nvml.then(Nvml::driver),
                this.proc.initialPidNamespace());
    }

    /** Opens NVML where the machine has it, and {@code /proc}. */
    public static LocalHostProbe open() {
        return new LocalHostProbe(NvmlLibrary.load(), Path.of("/proc"), System::nanoTime);
    }

    static LocalHostProbe of(Reading<NvmlLibrary> library, Path proc, LongSupplier nanoTime) {
        return new LocalHostProbe(library, proc, nanoTime);
    }

    @Override
    public synchronized HostFacts facts() {
        return facts;
    }

    @Override
    public synchronized HostSample look(long pid, Depth depth, long nanos) {
        Reading<List<DeviceReading>> gpus = nvml.then(open -> Reading.of(open.read()));
        HostSample sample = new HostSample(nanos, gpus, proc.tree(pid, depth));
        gpus.found().ifPresent(this::compareIds);
        return sample;
    }

    /** Sandboxes show an initial namespace of their own; ids that NVML lists and nobody here has give them away. */
    private void compareIds(List<DeviceReading> devices) {
        devices.stream()
                .flatMap(d -> d.processes().found().orElse(List.of()).stream())
                .filter(p -> !proc.exists(p.pid()))
                .findFirst()
                .ifPresent(p -> facts = new HostFacts(
                        facts.host(),
                        facts.driver(),
                        Reading.none("NVML lists process %d, which does not exist here".formatted(p.pid()))));
    }

    @Override
    public Reading<Long> listenerOn(int port) {
        return ports.find(port);
    }

    @Override
    public synchronized void close() {
        nvml.found().ifPresent(Nvml::close);
        nvml = Reading.none("the probe is closed");
    }
}
