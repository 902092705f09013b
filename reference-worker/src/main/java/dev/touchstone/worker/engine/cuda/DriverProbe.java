package dev.touchstone.worker.engine.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** What the NVIDIA driver of this machine shows, if there is one. */
sealed interface DriverProbe {

    String LIBRARY = "libcuda.so.1";

    /** @param devices in the order of their numbers */
    record Present(List<CudaDevice> devices) implements DriverProbe {}

    /** @param why a clause without its full stop */
    record Absent(String why) implements DriverProbe {}

    /** Asks the driver; JCuda is touched only where a driver is, for it would complain with a stack trace. */
    static DriverProbe look() {
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup.libraryLookup(LIBRARY, arena);
        } catch (IllegalArgumentException notThere) {
            return new Absent("no NVIDIA driver is installed (%s was not found)".formatted(LIBRARY));
        }
        try {
            return ask();
        } catch (LinkageError cannotLoad) {
            return new Absent("JCuda's native library cannot be loaded (%s)"
                    .formatted(cannotLoad.getClass().getSimpleName()));
        }
    }

    private static DriverProbe ask() {
        JCudaDriver.setExceptionsEnabled(false);
        int status = JCudaDriver.cuInit(0);
        if (status == CUresult.CUDA_ERROR_NO_DEVICE) {
            return new Present(List.of());
        }
        if (status != CUresult.CUDA_SUCCESS) {
            return new Absent("the NVIDIA driver cannot be used: " + CudaFailure.name(status));
        }
        try {
            return new Present(devices());
        } catch (CudaFailure failure) {
            return new Absent("the NVIDIA driver cannot be used: " + CudaFailure.name(failure.status()));
        }
    }

    private static List<CudaDevice> devices() {
        int[] number = new int[1];
        CudaFailure.check(JCudaDriver.cuDriverGetVersion(number), "reading the driver's version");
        String version = number[0] / 1000 + "." + number[0] % 1000 / 10;
        CudaFailure.check(JCudaDriver.cuDeviceGetCount(number), "counting the devices");
        List<CudaDevice> devices = new ArrayList<>();
        for (int index = 0, count = number[0]; index < count; index++) {
            devices.add(device(index, version));
        }
        return List.copyOf(devices);
    }

    private static CudaDevice device(int index, String version) {
        String doing = "reading what device " + index + " is";
        CUdevice device = new CUdevice();
        CudaFailure.check(JCudaDriver.cuDeviceGet(device, index), doing);
        byte[] name = new byte[256];
        CudaFailure.check(JCudaDriver.cuDeviceGetName(name, name.length, device), doing);
        String[] bus = {""};
        CudaFailure.check(JCudaDriver.cuDeviceGetPCIBusId(bus, 32, device), doing);
        int capability = 10 * attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, doing)
                + attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, doing);
        return new CudaDevice(
                index, text(name), capability, bus[0].replace("\0", "").strip(), version);
    }

    private static int attribute(CUdevice device, int attribute, String doing) {
        int[] value = new int[1];
        CudaFailure.check(JCudaDriver.cuDeviceGetAttribute(value, attribute, device), doing);
        return value[0];
    }

    private static String text(byte[] ended) {
        int length = 0;
        while (length < ended.length && ended[length] != 0) {
            length++;
        }
        return new String(ended, 0, length, StandardCharsets.UTF_8);
    }
}
