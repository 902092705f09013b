package dev.touchstone.worker.engine.cuda;

import dev.touchstone.worker.engine.cuda.KernelSpec.Argument;
import dev.touchstone.worker.engine.cuda.KernelSpec.Kind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * One function, launched by giving its arguments in order; each is checked against the catalogue. Its memory for arguments
 * and configuration is used again at every launch. Not thread-safe.
 *
 * <p>{@code CUlaunchConfig} is grid x y z, block x y z, shared bytes (7 ints, 4 bytes of padding), stream, attributes (2
 * pointers), their number (int); {@code CUlaunchAttribute} is its id (int), 4 bytes of padding and a union of 64 bytes.
 */
final class Kernel {

    static final int CONFIG_BYTES = 56;
    static final int ATTRIBUTE_BYTES = 72;

    /** {@code CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION}. */
    static final int PROGRAMMATIC_SERIALIZATION = 6;

    /** Dynamic shared memory above this must be asked for. */
    private static final long SHARED_WITHOUT_ASKING = 48 << 10;

    private final String instance;
    private final KernelSpec spec;
    private final long function;
    private final KernelLauncher launcher;
    private final IntUnaryOperator allowShared;
    private final MemorySegment config;
    private final MemorySegment values;
    private final MemorySegment pointers;
    private final int[] offsets;
    private long allowedShared = SHARED_WITHOUT_ASKING;
    private int next;

    /**
     * @param instance the function's name, for messages
     * @param function its handle
     * @param stream handle of the stream to launch on
     * @param allowShared allows the function so many bytes of dynamic shared memory and gives the driver's status
     * @param arena outlives the kernel
     */
    Kernel(
            String instance,
            KernelSpec spec,
            long function,
            long stream,
            KernelLauncher launcher,
            IntUnaryOperator allowShared,
            Arena arena) {
        this.instance = instance;
        this.spec = spec;
        this.function = function;
        this.launcher = launcher;
        this.allowShared = allowShared;
        this.offsets = new int[spec.arguments().size()];
        int size = 0;
        for (int i = 0; i < offsets.length; i++) {
            int bytes = spec.arguments().get(i).kind().bytes();
            int alignment = Math.min(8, bytes);
            size = (size + alignment - 1) / alignment * alignment;
            offsets[i] = size;
            size += bytes;
        }
        this.values = arena.allocate(Math.max(8, size), 8);
        this.pointers = arena.allocate(8L * Math.max(1, offsets.length), 8);
        for (int i = 0; i < offsets.length; i++) {
            pointers.setAtIndex(ValueLayout.ADDRESS, i, values.asSlice(offsets[i]));
        }
        this.config = arena.allocate(CONFIG_BYTES, 8);
        MemorySegment attribute = arena.allocate(ATTRIBUTE_BYTES, 8);
        attribute.set(ValueLayout.JAVA_INT, 0, PROGRAMMATIC_SERIALIZATION);
        attribute.set(ValueLayout.JAVA_INT, 8, 1);
        config.set(ValueLayout.JAVA_LONG, 32, stream);
        config.set(ValueLayout.ADDRESS, 40, attribute);
    }

    KernelSpec spec() {
        return spec;
    }

    Kernel pointer(long address) {
        values.set(ValueLayout.JAVA_LONG, take(Kind.POINTER), address);
        return this;
    }

    Kernel matrix(DeviceMatrix matrix) {
        matrix.write(values, take(Kind.MATRIX));
        return this;
    }

    Kernel integer(int value) {
        values.set(ValueLayout.JAVA_INT, take(Kind.INT), value);
        return this;
    }

    Kernel real(float value) {
        values.set(ValueLayout.JAVA_FLOAT, take(Kind.FLOAT), value);
        return this;
    }

    private int take(Kind kind) {
        if (next >= offsets.length) {
            throw new IllegalStateException(
                    "%s takes %d arguments, and one more was given.".formatted(instance, offsets.length));
        }
        Argument argument = spec.arguments().get(next);
        if (argument.kind() != kind) {
            throw new IllegalStateException("%s takes %s as argument %d (%s), and %s was given."
                    .formatted(instance, argument.kind(), next, argument.name(), kind));
        }
        return offsets[next++];
    }

    /** Launches after everything before it on the stream. */
    void launch(Map<String, Integer> sizes) {
        launch(sizes, false);
    }

    /** Launches so that it may begin while the kernel before it ends; it waits itself for what that one writes. */
    void launchOverlapping(Map<String, Integer> sizes) {
        launch(sizes, true);
    }

    private void launch(Map<String, Integer> sizes, boolean overlapping) {
        if (next != offsets.length) {
            throw new IllegalStateException(
                    "%s takes %d arguments, and %d were given.".formatted(instance, offsets.length, next));
        }
        next = 0;
        long shared = spec.sharedBytes().of(sizes);
        if (shared > allowedShared) {
            CudaFailure.check(
                    allowShared.applyAsInt(Math.toIntExact(shared)),
                    "allowing %s %d bytes of shared memory".formatted(instance, shared));
            allowedShared = shared;
        }
        config.set(ValueLayout.JAVA_INT, 0, Math.toIntExact(spec.gridX().of(sizes)));
        config.set(ValueLayout.JAVA_INT, 4, Math.toIntExact(spec.gridY().of(sizes)));
        config.set(ValueLayout.JAVA_INT, 8, 1);
        config.set(ValueLayout.JAVA_INT, 12, spec.block());
        config.set(ValueLayout.JAVA_INT, 16, 1);
        config.set(ValueLayout.JAVA_INT, 20, 1);
        config.set(ValueLayout.JAVA_INT, 24, (int) shared);
        config.set(ValueLayout.JAVA_INT, 48, overlapping ? 1 : 0);
        int status = launcher.launch(config, function, pointers);
        if (status != 0) {
            throw CudaFailure.of(status, "launching " + instance);
        }
    }
}
