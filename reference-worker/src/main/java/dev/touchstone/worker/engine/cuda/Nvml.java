package dev.touchstone.worker.engine.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What NVML tells of one device, through {@code libnvidia-ml.so.1}. Safe from any thread, one at a time. NVML counts devices
 * in another order than CUDA, so the device is found by its PCI address.
 *
 * @see <a href="https://docs.nvidia.com/deploy/nvml-api/">NVML API reference</a>
 */
final class Nvml {

    /** {@code nvmlProcessInfo_t}: pid (int, 4 bytes of padding), used bytes (long), GPU and compute instance (2 ints). */
    static final int PROCESS_BYTES = 24;

    private static final int MOST_PROCESSES = 256;
    private static final long UNKNOWN = -1;
    private static final String LIBRARY = "libnvidia-ml.so.1";

    private final MethodHandle computeProcesses;
    private final MethodHandle memoryInfo;
    private final MemorySegment device;
    private final MemorySegment count = Arena.ofAuto().allocate(ValueLayout.JAVA_INT);
    private final MemorySegment processes = Arena.ofAuto().allocate((long) MOST_PROCESSES * PROCESS_BYTES, 8);
    private final MemorySegment memory = Arena.ofAuto().allocate(24, 8);

    private Nvml(MethodHandle computeProcesses, MethodHandle memoryInfo, MemorySegment device) {
        this.computeProcesses = computeProcesses;
        this.memoryInfo = memoryInfo;
        this.device = device;
    }

    /** Opens NVML for the device at a PCI address; empty where there is no NVML or it does not know the device. */
    static Optional<Nvml> open(String pciBusId) {
        SymbolLookup library;
        try {
            library = SymbolLookup.libraryLookup(LIBRARY, Arena.global());
        } catch (IllegalArgumentException notThere) {
            return Optional.empty();
        }
        Optional<MethodHandle> init = function(library, "nvmlInit_v2", FunctionDescriptor.of(ValueLayout.JAVA_INT));
        FunctionDescriptor two = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS);
        FunctionDescriptor three = two.appendArgumentLayouts(ValueLayout.ADDRESS);
        Optional<MethodHandle> find = function(library, "nvmlDeviceGetHandleByPciBusId_v2", two);
        Optional<MethodHandle> compute = function(library, "nvmlDeviceGetComputeRunningProcesses_v3", three);
        Optional<MethodHandle> memory = function(library, "nvmlDeviceGetMemoryInfo", two);
        if (init.isEmpty() || find.isEmpty() || compute.isEmpty() || memory.isEmpty() || call(init.get()) != 0) {
            return Optional.empty();
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handle = arena.allocate(ValueLayout.ADDRESS);
            if (call(find.get(), arena.allocateFrom(pciBusId), handle) != 0) {
                return Optional.empty();
            }
            MemorySegment device = handle.get(ValueLayout.ADDRESS, 0);
            return Optional.of(new Nvml(compute.get(), memory.get(), device));
        }
    }

    private static Optional<MethodHandle> function(SymbolLookup library, String name, FunctionDescriptor form) {
        return library.find(name).map(symbol -> Linker.nativeLinker().downcallHandle(symbol, form));
    }

    private static int call(MethodHandle function, Object... arguments) {
        try {
            return (int) function.invokeWithArguments(arguments);
        } catch (RuntimeException | Error passedOn) {
            throw passedOn;
        } catch (Throwable impossible) {
            throw new AssertionError("A downcall throws nothing of its own.", impossible);
        }
    }

    /** Bytes of device memory that a process holds; empty where NVML does not list it, as from within a container. */
    synchronized OptionalLong usedBy(long pid) {
        count.set(ValueLayout.JAVA_INT, 0, MOST_PROCESSES);
        if (call(computeProcesses, device, count, processes) != 0) {
            return OptionalLong.empty();
        }
        return find(processes, count.get(ValueLayout.JAVA_INT, 0), pid);
    }

    static OptionalLong find(MemorySegment processes, int count, long pid) {
        for (int i = 0; i < count; i++) {
            long at = (long) i * PROCESS_BYTES;
            long used = processes.get(ValueLayout.JAVA_LONG, at + 8);
            if (processes.get(ValueLayout.JAVA_INT, at) == pid && used != UNKNOWN) {
                return OptionalLong.of(used);
            }
        }
        return OptionalLong.empty();
    }

    /** Bytes of the device's memory in use by all processes; empty where NVML does not tell. */
    synchronized OptionalLong usedByAll() {
        return call(memoryInfo, device, memory) == 0
                ? OptionalLong.of(memory.get(ValueLayout.JAVA_LONG, 16))
                : OptionalLong.empty();
    }
}
