package dev.touchstone.harness.evidence;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/**
 * An initialised NVML with its devices, through the foreign-function API of Java. A GPU that is split by MIG shows as its
 * MIG devices. Not thread-safe.
 */
final class Nvml {

    private static final int VERSION_BYTES = 81;
    /** What nvml.h has for "no instance": the driver will refuse its samples, rather than give those of the whole GPU. */
    private static final int NO_INSTANCE = 0xFFFFFFFF;

    private final NvmlLibrary library;
    private final List<NvmlDevice> devices;

    private Nvml(NvmlLibrary library, List<NvmlDevice> devices) {
        this.library = library;
        this.devices = List.copyOf(devices);
    }

    /** Initialises NVML, or says in one sentence why it cannot be. */
    static Reading<Nvml> open(Reading<NvmlLibrary> loaded, LongSupplier nanoTime) {
        return loaded.then(library -> {
            int status = library.call("nvmlInit_v2");
            if (status != NvmlStatus.SUCCESS) {
                return Reading.none("NVML could not be initialised: " + NvmlStatus.text(status));
            }
            return devices(library, nanoTime).then(devices -> Reading.of(new Nvml(library, devices)));
        });
    }

    List<DeviceReading> read() {
        return devices.stream().map(NvmlDevice::read).toList();
    }

    Reading<String> driver() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment version = arena.allocate(VERSION_BYTES);
            int status = library.call("nvmlSystemGetDriverVersion", version, VERSION_BYTES);
            return status == NvmlStatus.SUCCESS
                    ? Reading.of(NvmlLayouts.text(version))
                    : Reading.none("NVML does not tell the driver's version: " + NvmlStatus.text(status));
        }
    }

    void close() {
        devices.forEach(NvmlDevice::close);
        library.call("nvmlShutdown");
    }

    private static Reading<List<NvmlDevice>> devices(NvmlLibrary library, LongSupplier nanoTime) {
        List<NvmlDevice> found = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocate(NvmlLayouts.U32);
            int status = library.call("nvmlDeviceGetCount_v2", number);
            for (int i = 0; status == NvmlStatus.SUCCESS && i < number.get(NvmlLayouts.U32, 0); i++) {
                MemorySegment pointer = arena.allocate(ValueLayout.ADDRESS);
                // one that this container may not use is refused; the others count
                if (library.call("nvmlDeviceGetHandleByIndex_v2", i, pointer) == NvmlStatus.SUCCESS) {
                    found.addAll(whole(library, pointer.get(ValueLayout.ADDRESS, 0), i, nanoTime));
                }
            }
            if (status != NvmlStatus.SUCCESS) {
                return Reading.none("NVML does not count the GPUs: " + NvmlStatus.text(status));
            }
        }
        return found.isEmpty() ? Reading.none("NVML shows no GPU here") : Reading.of(found);
    }

    private static List<NvmlDevice> whole(NvmlLibrary library, MemorySegment board, int index, LongSupplier nanoTime) {
        List<NvmlDevice> parts = parts(library, board, index, nanoTime);
        if (!parts.isEmpty()) {
            return parts;
        }
        var gpm = new GpmWindow(library, board, OptionalInt.empty(), nanoTime);
        return List.of(new NvmlDevice(library, board, board, Integer.toString(index), gpm));
    }

    /** The MIG devices of a GPU; none where it is not split. */
    private static List<NvmlDevice> parts(NvmlLibrary library, MemorySegment board, int index, LongSupplier nanoTime) {
        List<NvmlDevice> parts = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mode = arena.allocate(NvmlLayouts.U32);
            MemorySegment pending = arena.allocate(NvmlLayouts.U32);
            MemorySegment most = arena.allocate(NvmlLayouts.U32);
            if (library.call("nvmlDeviceGetMigMode", board, mode, pending) != NvmlStatus.SUCCESS
                    || mode.get(NvmlLayouts.U32, 0) == 0
                    || library.call("nvmlDeviceGetMaxMigDeviceCount", board, most) != NvmlStatus.SUCCESS) {
                return List.of();
            }
            for (int i = 0; i < most.get(NvmlLayouts.U32, 0); i++) {
                MemorySegment pointer = arena.allocate(ValueLayout.ADDRESS);
                MemorySegment instance = arena.allocate(NvmlLayouts.U32);
                if (library.call("nvmlDeviceGetMigDeviceHandleByIndex", board, i, pointer) != NvmlStatus.SUCCESS) {
                    continue;
                }
                MemorySegment part = pointer.get(ValueLayout.ADDRESS, 0);
                int told = library.call("nvmlDeviceGetGpuInstanceId", part, instance);
                int gpuInstance = told == NvmlStatus.SUCCESS ? instance.get(NvmlLayouts.U32, 0) : NO_INSTANCE;
                var gpm = new GpmWindow(library, board, OptionalInt.of(gpuInstance), nanoTime);
                parts.add(new NvmlDevice(library, part, board, index + ":" + i, gpm));
            }
        }
        return parts;
    }
}
