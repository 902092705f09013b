package dev.touchstone.worker.engine.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * {@code cuLaunchKernelEx} of the driver, which JCuda lacks and programmatic dependent launch needs.
 *
 * @see <a href="https://docs.nvidia.com/cuda/cuda-driver-api/group__CUDA__EXEC.html">the driver API's execution control</a>
 */
@FunctionalInterface
interface KernelLauncher {

    /**
     * Launches; the arguments' values are copied before it returns.
     *
     * @param config a {@code CUlaunchConfig}
     * @param function handle of the function
     * @param arguments array of pointers to the arguments' values
     * @return the driver's status
     */
    int launch(MemorySegment config, long function, MemorySegment arguments);

    /** @throws CudaFailure if the driver is older than CUDA 11.8 and has no such function */
    static KernelLauncher ofDriver() {
        MemorySegment symbol = SymbolLookup.libraryLookup(DriverProbe.LIBRARY, Arena.global())
                .find("cuLaunchKernelEx")
                .orElseThrow(() -> CudaFailure.untold(
                        "The NVIDIA driver has no cuLaunchKernelEx; accepted is one of CUDA 12 or later."));
        MethodHandle handle = Linker.nativeLinker()
                .downcallHandle(
                        symbol,
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS));
        return (config, function, arguments) -> {
            try {
                return (int) handle.invokeExact(config, function, arguments, MemorySegment.NULL);
            } catch (RuntimeException | Error passedOn) {
                throw passedOn;
            } catch (Throwable impossible) {
                throw new AssertionError("A downcall throws nothing of its own.", impossible);
            }
        };
    }
}
