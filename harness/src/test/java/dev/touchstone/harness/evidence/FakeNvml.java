package dev.touchstone.harness.evidence;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A driver with one H100, in Java behind real function pointers. It writes structures by the literal offsets of nvml.h,
 * independently of the code under test.
 */
final class FakeNvml implements SymbolLookup {

    private static final MemoryLayout INT = ValueLayout.JAVA_INT;
    private static final MemoryLayout POINTER = ValueLayout.ADDRESS;
    private static final long DEVICE = 0x1000;
    private static final long PART = 0x2000;

    final List<String> called = new ArrayList<>();
    int initStatus;
    int processBytes = 24;
    int processes = 2;
    boolean gpmSupported = true;
    boolean split;
    long received = 4_294_967_000L;
    double smPercent = 87.5;
    int instanceOfLastSample = -1;
    private int samples;

    private final Map<String, MemorySegment> stubs = new HashMap<>();

    static FakeNvml withAllFunctions(Arena arena) {
        var fake = new FakeNvml();
        fake.add(arena, "nvmlInit_v2", "init");
        fake.add(arena, "nvmlShutdown", "shutdown");
        fake.add(arena, "nvmlSystemGetDriverVersion", "driver", POINTER, INT);
        fake.add(arena, "nvmlDeviceGetCount_v2", "count", POINTER);
        fake.add(arena, "nvmlDeviceGetHandleByIndex_v2", "handle", INT, POINTER);
        fake.add(arena, "nvmlDeviceGetName", "name", POINTER, POINTER, INT);
        fake.add(arena, "nvmlDeviceGetUUID", "uuid", POINTER, POINTER, INT);
        fake.add(arena, "nvmlDeviceGetMemoryInfo_v2", "memoryV2", POINTER, POINTER);
        fake.add(arena, "nvmlDeviceGetMemoryInfo", "memoryV1", POINTER, POINTER);
        fake.add(arena, "nvmlDeviceGetComputeRunningProcesses_v3", "listV3", POINTER, POINTER, POINTER);
        fake.add(arena, "nvmlDeviceGetComputeRunningProcesses", "listV1", POINTER, POINTER, POINTER);
        fake.add(arena, "nvmlDeviceGetUtilizationRates", "rates", POINTER, POINTER);
        fake.add(arena, "nvmlDeviceGetFieldValues", "fields", POINTER, INT, POINTER);
        fake.add(arena, "nvmlGpmQueryDeviceSupport", "support", POINTER, POINTER);
        fake.add(arena, "nvmlGpmSampleAlloc", "alloc", POINTER);
        fake.add(arena, "nvmlGpmSampleFree", "free", POINTER);
        fake.add(arena, "nvmlGpmSampleGet", "sample", POINTER, POINTER);
        fake.add(arena, "nvmlGpmMigSampleGet", "partSample", POINTER, INT, POINTER);
        fake.add(arena, "nvmlGpmMetricsGet", "metrics", POINTER);
        fake.add(arena, "nvmlDeviceGetMigMode", "migMode", POINTER, POINTER, POINTER);
        fake.add(arena, "nvmlDeviceGetMaxMigDeviceCount", "migMost", POINTER, POINTER);
        fake.add(arena, "nvmlDeviceGetMigDeviceHandleByIndex", "migHandle", POINTER, INT, POINTER);
        fake.add(arena, "nvmlDeviceGetGpuInstanceId", "instance", POINTER, POINTER);
        return fake;
    }

    FakeNvml without(String... functions) {
        List.of(functions).forEach(stubs::remove);
        return this;
    }

    @Override
    public Optional<MemorySegment> find(String name) {
        return Optional.ofNullable(stubs.get(name));
    }

    private void add(Arena arena, String function, String method, MemoryLayout... arguments) {
        try {
            FunctionDescriptor descriptor = FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments);
            MethodType type = descriptor.toMethodType();
            var handle = MethodHandles.lookup().bind(this, method, type);
            stubs.put(function, Linker.nativeLinker().upcallStub(handle, descriptor, arena));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(function, e);
        }
    }

    private int text(MemorySegment at, int room, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        MemorySegment to = at.reinterpret(room);
        to.asSlice(0, bytes.length).copyFrom(MemorySegment.ofArray(bytes));
        to.set(ValueLayout.JAVA_BYTE, bytes.length, (byte) 0);
        return 0;
    }

    private static void u32(MemorySegment at, long offset, int value) {
        at.reinterpret(1 << 16).set(ValueLayout.JAVA_INT_UNALIGNED, offset, value);
    }

    private static void u64(MemorySegment at, long offset, long value) {
        at.reinterpret(1 << 16).set(ValueLayout.JAVA_LONG_UNALIGNED, offset, value);
    }

    private static int read(MemorySegment at, long offset) {
        return at.reinterpret(1 << 16).get(ValueLayout.JAVA_INT_UNALIGNED, offset);
    }

    int init() {
        called.add("init");
        return initStatus;
    }

    int shutdown() {
        called.add("shutdown");
        return 0;
    }

    int driver(MemorySegment at, int room) {
        return text(at, room, "580.65.06");
    }

    int count(MemorySegment at) {
        u32(at, 0, 1);
        return 0;
    }

    int handle(int index, MemorySegment at) {
        u64(at, 0, DEVICE + index);
        return 0;
    }

    int name(MemorySegment device, MemorySegment at, int room) {
        return text(at, room, device.address() == PART ? "NVIDIA H100 MIG 1g.10gb" : "NVIDIA H100 80GB HBM3");
    }

    int uuid(MemorySegment device, MemorySegment at, int room) {
        return text(at, room, device.address() == PART ? "MIG-0b5c" : "GPU-7f3a");
    }

    int memoryV2(MemorySegment device, MemorySegment at) {
        if (read(at, 0) != 0x02000028) {
            return 25; // NVML_ERROR_ARGUMENT_VERSION_MISMATCH
        }
        u64(at, 8, 85_520_809_984L);
        u64(at, 16, 600_000_000L);
        u64(at, 24, 80_000_000_000L);
        u64(at, 32, 4_920_809_984L);
        return 0;
    }

    int memoryV1(MemorySegment device, MemorySegment at) {
        u64(at, 0, 1000);
        u64(at, 8, 600);
        u64(at, 16, 400);
        return 0;
    }

    /** Like the driver: tells the number, and writes only where there is room for all. */
    int listV3(MemorySegment device, MemorySegment count, MemorySegment at) {
        called.add("list with room for " + read(count, 0));
        int room = read(count, 0);
        u32(count, 0, processes);
        if (room < processes) {
            return 7;
        }
        for (int i = 0; i < processes; i++) {
            long entry = (long) i * processBytes;
            u32(at, entry, 1000 + i);
            u32(at, entry + 4, 0);
            u64(at, entry + 8, i == 1 ? -1 : 2_000_000_000L + i);
            u32(at, entry + 16, -1);
            u32(at, entry + 20, -1);
            if (processBytes == 32) {
                u64(at, entry + 24, 0);
            }
        }
        return 0;
    }

    int listV1(MemorySegment device, MemorySegment count, MemorySegment at) {
        u32(count, 0, 2);
        for (int i = 0; i < 2; i++) {
            u32(at, i * 16L, 70 + i);
            u64(at, i * 16L + 8, 5_000L + i);
        }
        return 0;
    }

    int rates(MemorySegment device, MemorySegment at) {
        u32(at, 0, 99);
        u32(at, 4, 41);
        return device.address() == PART ? 3 : 0;
    }

    int fields(MemorySegment device, int number, MemorySegment at) {
        if (number != 2 || read(at, 0) != 197 || read(at, 40) != 198 || device.address() != DEVICE) {
            return 2;
        }
        u32(at, 24, 1);
        u32(at, 28, 0);
        u32(at, 32, 77);
        u32(at, 64, 1);
        u32(at, 68, 0);
        u32(at, 72, (int) received);
        return 0;
    }

    int support(MemorySegment device, MemorySegment at) {
        u32(at, 4, gpmSupported ? 1 : 0);
        return read(at, 0) == 1 ? 0 : 25;
    }

    int alloc(MemorySegment at) {
        u64(at, 0, 0x9000 + 16L * samples++);
        return 0;
    }

    int free(MemorySegment sample) {
        called.add("free " + Long.toHexString(sample.address()));
        return 0;
    }

    int sample(MemorySegment device, MemorySegment sample) {
        called.add("sample " + Long.toHexString(sample.address()));
        return 0;
    }

    int partSample(MemorySegment device, int instance, MemorySegment sample) {
        instanceOfLastSample = instance;
        return device.address() == DEVICE ? 0 : 2;
    }

    int metrics(MemorySegment at) {
        MemorySegment metrics = at.reinterpret(1 << 16);
        called.add("metrics %s to %s"
                .formatted(
                        Long.toHexString(metrics.get(ValueLayout.JAVA_LONG_UNALIGNED, 8)),
                        Long.toHexString(metrics.get(ValueLayout.JAVA_LONG_UNALIGNED, 16))));
        if (read(at, 0) != 1 || read(at, 4) != 4) {
            return 2;
        }
        Map<Integer, Double> values = Map.of(2, smPercent, 10, 42.25, 20, 1.5, 21, 3.0);
        for (int i = 0; i < 4; i++) {
            long entry = 24 + 40L * i;
            double value = values.getOrDefault(read(at, entry), Double.NaN);
            metrics.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, entry + 8, value);
        }
        return 0;
    }

    int migMode(MemorySegment device, MemorySegment now, MemorySegment pending) {
        u32(now, 0, split ? 1 : 0);
        return 0;
    }

    int migMost(MemorySegment device, MemorySegment at) {
        u32(at, 0, 7);
        return 0;
    }

    int migHandle(MemorySegment device, int index, MemorySegment at) {
        u64(at, 0, PART);
        return index == 1 ? 0 : 6;
    }

    int instance(MemorySegment part, MemorySegment at) {
        u32(at, 0, 9);
        return part.address() == PART ? 0 : 2;
    }
}
