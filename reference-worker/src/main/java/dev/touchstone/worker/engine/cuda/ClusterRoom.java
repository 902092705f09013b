package dev.touchstone.worker.engine.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Whether a device has room for a kernel's clusters of blocks: one before compute capability 9.0 has no clusters, and a
 * part of a later one (MIG) may have too few multiprocessors beside each other. {@code cuOccupancyMaxActiveClusters} of the
 * driver, which JCuda lacks, tells. Thread-safe.
 *
 * @see <a href="https://docs.nvidia.com/cuda/cuda-driver-api/group__CUDA__OCCUPANCY.html">the driver API's occupancy</a>
 */
final class ClusterRoom {

    private static final int CLUSTER_DIMENSION = 4; // CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION

    private ClusterRoom() {}

    /** Whether at least one cluster of the function fits; where the driver cannot tell, it does not. */
    static boolean isThereFor(long function, KernelSpec spec) {
        Optional<MemorySegment> symbol =
                SymbolLookup.libraryLookup(DriverProbe.LIBRARY, Arena.global()).find("cuOccupancyMaxActiveClusters");
        if (symbol.isEmpty()) {
            return false;
        }
        MethodHandle ask = Linker.nativeLinker()
                .downcallHandle(
                        symbol.get(),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment clusters = arena.allocate(ValueLayout.JAVA_INT);
            int status = (int) ask.invokeExact(clusters, function, config(spec, arena));
            return status == 0 && clusters.get(ValueLayout.JAVA_INT, 0) > 0;
        } catch (RuntimeException | Error passedOn) {
            throw passedOn;
        } catch (Throwable impossible) {
            throw new AssertionError("A downcall throws nothing of its own.", impossible);
        }
    }

    /** A {@code CUlaunchConfig} of one cluster, whose blocks are beside each other along y; see {@link Kernel}. */
    private static MemorySegment config(KernelSpec spec, Arena arena) {
        MemorySegment attribute = arena.allocate(Kernel.ATTRIBUTE_BYTES, 8);
        attribute.set(ValueLayout.JAVA_INT, 0, CLUSTER_DIMENSION);
        int[] dimensions = {1, spec.cluster(), 1};
        MemorySegment config = arena.allocate(Kernel.CONFIG_BYTES, 8);
        int[] block = {spec.block(), 1, 1};
        for (int axis = 0; axis < dimensions.length; axis++) {
            attribute.set(ValueLayout.JAVA_INT, 8 + 4L * axis, dimensions[axis]);
            config.set(ValueLayout.JAVA_INT, 4L * axis, dimensions[axis]);
            config.set(ValueLayout.JAVA_INT, 12 + 4L * axis, block[axis]);
        }
        config.set(ValueLayout.ADDRESS, 40, attribute);
        config.set(ValueLayout.JAVA_INT, 48, 1);
        return config;
    }
}
