package dev.touchstone.worker.engine.cuda;

import java.util.Optional;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/**
 * The primary context of a device and the engine's one stream. One thread at a time, whichever has called {@link #bind()}
 * last.
 */
final class CudaContext implements AutoCloseable {

    private final CudaDevice device;
    private final CUdevice handle;
    private final CUcontext context;
    private final Stream stream = new Stream();
    private Optional<Thread> bound = Optional.empty();

    private CudaContext(CudaDevice device, CUdevice handle, CUcontext context) {
        this.device = device;
        this.handle = handle;
        this.context = context;
    }

    /** Makes the context, current for the calling thread, and its stream. */
    static CudaContext open(CudaDevice device) {
        JCudaDriver.setExceptionsEnabled(false);
        CudaFailure.check(JCudaDriver.cuInit(0), "starting the driver");
        CUdevice handle = new CUdevice();
        CudaFailure.check(JCudaDriver.cuDeviceGet(handle, device.index()), "choosing " + device.label());
        CUcontext context = new CUcontext();
        CudaFailure.check(
                JCudaDriver.cuDevicePrimaryCtxRetain(context, handle), "making a context on " + device.label());
        CudaContext opened = new CudaContext(device, handle, context);
        opened.bind();
        CudaFailure.check(
                JCudaDriver.cuStreamCreate(opened.stream, CUstream_flags.CU_STREAM_NON_BLOCKING), "making a stream");
        return opened;
    }

    CudaDevice device() {
        return device;
    }

    CUstream stream() {
        return stream;
    }

    long streamHandle() {
        return stream.handle();
    }

    /** Makes the context current for the calling thread. */
    void bind() {
        Thread caller = Thread.currentThread();
        if (bound.isEmpty() || bound.get() != caller) {
            CudaFailure.check(JCudaDriver.cuCtxSetCurrent(context), "entering the context");
            bound = Optional.of(caller);
        }
    }

    /** As {@link #bind()}, for closing: says whether it could. */
    boolean canBind() {
        bound = Optional.of(Thread.currentThread());
        return JCudaDriver.cuCtxSetCurrent(context) == CUresult.CUDA_SUCCESS;
    }

    /** The most dynamic shared memory that a block may ask for, in bytes. */
    int mostShared() {
        int[] value = new int[1];
        CudaFailure.check(
                JCudaDriver.cuDeviceGetAttribute(
                        value, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN, handle),
                "reading what the device is");
        return value[0];
    }

    /** Bytes of device memory that nobody uses. */
    long availableBytes() {
        long[] free = new long[1];
        long[] all = new long[1];
        CudaFailure.check(JCudaDriver.cuMemGetInfo(free, all), "reading how much memory is free");
        return free[0];
    }

    /** Waits until the stream has done all it was given. */
    void await(String doing) {
        CudaFailure.check(JCudaDriver.cuStreamSynchronize(stream), doing);
    }

    /** Waits until the device has done all it was given, on whichever stream. */
    void awaitAll(String doing) {
        CudaFailure.check(JCudaDriver.cuCtxSynchronize(), doing);
    }

    /** Gives the context back; a device that has failed is past that, so no status is looked at. */
    @Override
    public void close() {
        JCudaDriver.cuStreamDestroy(stream);
        JCudaDriver.cuDevicePrimaryCtxRelease(handle);
    }

    /** A stream whose handle can be read. */
    static final class Stream extends CUstream {
        long handle() {
            return getNativePointer();
        }
    }
}
