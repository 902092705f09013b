package dev.touchstone.worker.fault;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;

/**
 * A kernel that traps: the GPU fails for this process for good, and whoever asks the driver next is told so, as after a
 * hardware fault. Thread-safe.
 */
public final class TrapKernel {

    private static final String PTX =
            ".version 7.0\n.target sm_80\n.address_size 64\n.visible .entry broken() { trap; }\n";
    private static final AtomicBoolean LAUNCHED = new AtomicBoolean();

    private TrapKernel() {}

    /** Launches it in this thread's context, the first time, and does not wait for it. */
    @SuppressWarnings("NullAway") // JCuda takes null for the default stream and for no parameters
    public static void launch() {
        if (LAUNCHED.compareAndSet(false, true)) {
            CUmodule module = new CUmodule();
            GpuMemory.check(JCudaDriver.cuModuleLoadData(module, (PTX + '\0').getBytes(StandardCharsets.US_ASCII)));
            CUfunction function = new CUfunction();
            GpuMemory.check(JCudaDriver.cuModuleGetFunction(function, module, "broken"));
            GpuMemory.check(JCudaDriver.cuLaunchKernel(function, 1, 1, 1, 1, 1, 1, 0, null, null, null));
        }
    }
}
