package dev.touchstone.worker.engine.cuda;

import java.util.List;
import java.util.Optional;

/** Looks for a GPU that the engine can run on. Safe from any thread. */
public sealed interface GpuSearch {

    /** This one will do. */
    record Found(CudaDevice device) implements GpuSearch {}

    /**
     * None will do.
     *
     * @param why a clause without its full stop, such as {@code no NVIDIA driver is installed (libcuda.so.1 was not found)}
     */
    record None(String why) implements GpuSearch {}

    /**
     * Looks at this machine. Nothing is allocated on any device.
     *
     * @param wanted the device that must be used; empty for the first that will do
     */
    static GpuSearch on(Optional<Integer> wanted) {
        return switch (DriverProbe.look()) {
            case DriverProbe.Absent absent -> new None(absent.why());
            case DriverProbe.Present present ->
                GpuSearch.class.getResource(KernelSet.FATBIN) == null
                        ? new None("this build has no GPU kernels (it was made where nvcc was not)")
                        : among(present.devices(), wanted);
        };
    }

    /** Picks from the devices that are there. */
    static GpuSearch among(List<CudaDevice> devices, Optional<Integer> wanted) {
        if (devices.isEmpty()) {
            return new None("the NVIDIA driver shows no GPU");
        }
        if (wanted.isEmpty()) {
            return devices.stream()
                    .filter(CudaDevice::isCapable)
                    .findFirst()
                    .<GpuSearch>map(Found::new)
                    .orElseGet(() -> new None(tooOld(devices.getFirst())));
        }
        int index = wanted.get();
        if (index < 0 || index >= devices.size()) {
            return new None(
                    devices.size() == 1
                            ? "this machine has 1 GPU, number 0"
                            : "this machine has %d GPUs, numbers 0 to %d"
                                    .formatted(devices.size(), devices.size() - 1));
        }
        CudaDevice device = devices.get(index);
        return device.isCapable() ? new Found(device) : new None(tooOld(device));
    }

    private static String tooOld(CudaDevice device) {
        return "%s has compute capability %s, and the kernels need %s or later"
                .formatted(device.label(), device.capabilityText(), CudaDevice.version(CudaDevice.LEAST_CAPABILITY));
    }
}
