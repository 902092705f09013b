package dev.touchstone.worker.engine.cuda;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.JCudaDriver;

/** Page-locked host memory, which the device reads and writes by itself. Not thread-safe. */
final class PinnedMemory implements AutoCloseable {

    private final Pointer pointer;
    private final ByteBuffer buffer;
    private final CUevent used = new CUevent();

    private PinnedMemory(Pointer pointer, int bytes) {
        this.pointer = pointer;
        this.buffer = pointer.getByteBuffer(0, bytes).order(ByteOrder.nativeOrder());
    }

    static PinnedMemory allocate(int bytes, String what) {
        Pointer pointer = new Pointer();
        int flags = JCudaDriver.CU_MEMHOSTALLOC_PORTABLE | JCudaDriver.CU_MEMHOSTALLOC_DEVICEMAP;
        CudaFailure.check(
                JCudaDriver.cuMemHostAlloc(pointer, bytes, flags),
                "allocating %d bytes of page-locked memory for %s".formatted(bytes, what));
        PinnedMemory memory = new PinnedMemory(pointer, bytes);
        CudaFailure.check(
                JCudaDriver.cuEventCreate(memory.used, CUevent_flags.CU_EVENT_DISABLE_TIMING), "making an event");
        return memory;
    }

    Pointer pointer() {
        return pointer;
    }

    /** All of it, as a buffer of its own position and limit. */
    ByteBuffer buffer() {
        return buffer.duplicate().order(ByteOrder.nativeOrder());
    }

    MemorySegment segment() {
        return MemorySegment.ofBuffer(buffer());
    }

    /** Where the device sees it. */
    long deviceAddress() {
        DeviceBlock.Address address = new DeviceBlock.Address();
        CudaFailure.check(JCudaDriver.cuMemHostGetDevicePointer(address, pointer, 0), "mapping page-locked memory");
        return address.value();
    }

    /** Begins to copy the first bytes to the device; {@link #await()} tells when they may be overwritten. */
    void copyTo(CUdeviceptr to, long bytes, CudaContext context, String doing) {
        CudaFailure.check(JCudaDriver.cuMemcpyHtoDAsync(to, pointer, bytes, context.stream()), doing);
        CudaFailure.check(JCudaDriver.cuEventRecord(used, context.stream()), doing);
    }

    /** Waits until the last copy has been read; at once where there was none. */
    void await(String doing) {
        CudaFailure.check(JCudaDriver.cuEventSynchronize(used), doing);
    }

    /** Frees it; a device that has failed is past that, so no status is looked at. */
    @Override
    public void close() {
        JCudaDriver.cuEventDestroy(used);
        JCudaDriver.cuMemFreeHost(pointer);
    }
}
