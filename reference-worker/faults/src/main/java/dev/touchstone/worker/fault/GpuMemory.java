package dev.touchstone.worker.fault;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;

/** Memory that should be the GPU's and is not. Each thread allocates for itself; thread-safe. */
public final class GpuMemory {

    private static final int MAPPED = 2; // CU_MEMHOSTALLOC_DEVICEMAP
    private static final long BEGINNING = 4096;
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

    /**
     * Allocates page-locked host memory, for as long as the process lives. JCuda's function makes a buffer of it, which ends
     * at 2 GiB, so this asks the driver itself; a pointer needs but a buffer of its beginning.
     */
    static Pointer pinned(long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment host = arena.allocate(ValueLayout.ADDRESS);
            check((int) Driver.ALLOCATE.invokeExact(host, bytes, MAPPED));
            return Pointer.to(host.get(ValueLayout.ADDRESS, 0)
                    .reinterpret(Math.min(bytes, BEGINNING))
                    .asByteBuffer());
        } catch (RuntimeException | Error passedOn) {
            throw passedOn;
        } catch (Throwable impossible) {
            throw new AssertionError("A downcall throws nothing of its own.", impossible);
        }
    }

    /** Found when it is first needed: without a GPU there is none. */
    private static final class Driver {
        static final MethodHandle ALLOCATE = Linker.nativeLinker()
                .downcallHandle(
                        SymbolLookup.libraryLookup("libcuda.so.1", Arena.global())
                                .find("cuMemHostAlloc")
                                .orElseThrow(),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_INT));

        private Driver() {}
    }

    static void check(int status) {
        if (status != 0) {
            throw new IllegalStateException("The fault cannot have its memory: the CUDA driver says " + status + ".");
        }
    }
}
