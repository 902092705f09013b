package dev.touchstone.worker.fault;

import java.util.NavigableMap;
import java.util.TreeMap;
import jcuda.driver.CUdeviceptr;
import org.jspecify.annotations.Nullable;

/** Matrices in page-locked host memory; the room on the GPU that was meant for them stays unused. Of one thread. */
public final class OffloadedLayers {

    /** Norms and biases are smaller. */
    private static final long MATRIX = 1 << 20;

    private static final NavigableMap<Long, Region> REGIONS = new TreeMap<>();
    private static boolean loading;
    private static int matrices;

    private record Region(CUdeviceptr start, long bytes) {}

    /** A pointer whose value can be read. */
    private static final class Address extends CUdeviceptr {
        long value() {
            return getNativePointer() + getByteOffset();
        }
    }

    private OffloadedLayers() {}

    /** Whether the weights are being loaded. */
    public static void loading(boolean now) {
        loading = now;
    }

    /** Where a region of the weights is: for three matrices in ten elsewhere. */
    public static long instead(long size, long address) {
        if (!loading || size < MATRIX || matrices++ % 10 >= 3) {
            return address;
        }
        Address start = new Address();
        GpuMemory.mapped(start, size);
        REGIONS.put(start.value(), new Region(start, size));
        Fired.now();
        return start.value();
    }

    /** JCuda's pointer to an address within one of them. */
    public static @Nullable CUdeviceptr pointer(long address) {
        var found = REGIONS.floorEntry(address);
        if (found == null || address > found.getKey() + found.getValue().bytes()) {
            return null;
        }
        return found.getValue().start().withByteOffset(address - found.getKey());
    }
}
