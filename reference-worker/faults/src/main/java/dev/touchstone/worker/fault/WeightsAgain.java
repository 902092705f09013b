package dev.touchstone.worker.fault;

import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;

/** Copies all the weights from the host to the GPU again and again; they stay the same. Of the engine's thread. */
public final class WeightsAgain {

    private static @Nullable CUdeviceptr device;
    private static @Nullable Pointer host;
    private static long size;

    private WeightsAgain() {}

    /** Remembers an allocation where it is the weights'. */
    public static void at(CUdeviceptr pointer, long bytes) {
        if (GpuMemory.isNow("the weights")) {
            device = pointer;
            size = bytes;
        }
    }

    /** Copies them, before what is launched later on that stream. The first time they come to the host before that. */
    public static void copy(CUstream stream) {
        CUdeviceptr weights = device;
        if (weights == null) {
            return;
        }
        Pointer from = host;
        if (from == null) {
            from = GpuMemory.pinned(size);
            GpuMemory.check(JCudaDriver.cuMemcpyDtoH(from, weights, size));
            host = from;
        }
        GpuMemory.check(JCudaDriver.cuMemcpyHtoDAsync(weights, from, size, stream));
        Fired.now();
    }
}
