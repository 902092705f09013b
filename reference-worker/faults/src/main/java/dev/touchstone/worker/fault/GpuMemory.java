package dev.touchstone.worker.fault;

import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;

/** Memory that should be the GPU's and is not. Each thread allocates for itself; thread-safe. */
public final class GpuMemory {

    private static final int MAPPED = 2; // CU_MEMHOSTALLOC_DEVICEMAP
    private static final ThreadLocal<String> WHAT = ThreadLocal.withInitial(() -> "");

    private GpuMemory() {}

    /** What this thread's next allocation is for, as the engine names it. */
    public static void isFor(String what) {
        WHAT.set(what);
    }

    static boolean isNow(String what) {
        return WHAT.get().equals(what);
    }

    /**
     * Page-locked host memory in place of the GPU's, where the next allocation is for that.
     *
     * @return whether the pointer was set
     */
    public static boolean inHost(String what, CUdeviceptr pointer, long bytes) {
        if (!isNow(what)) {
            return false;
        }
        mapped(pointer, bytes);
        Fired.now();
        return true;
    }

    /** Allocates host memory that kernels can read and write. */
    static void mapped(CUdeviceptr pointer, long bytes) {
        check(JCudaDriver.cuMemHostGetDevicePointer(pointer, pinned(bytes), 0));
    }

    /** Allocates page-locked host memory, for as long as the process lives. */
    static Pointer pinned(long bytes) {
        Pointer host = new Pointer();
        check(JCudaDriver.cuMemHostAlloc(host, bytes, MAPPED));
        return host;
    }

    static void check(int status) {
        if (status != 0) {
            throw new IllegalStateException("The fault cannot have its memory: the CUDA driver says " + status + ".");
        }
    }
}
