package dev.touchstone.worker.engine.cuda;

import java.util.concurrent.atomic.AtomicLong;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** One allocation of device memory. */
final class DeviceBlock implements AutoCloseable {

    private final Address base;
    private final long bytes;
    private final AtomicLong total;

    private DeviceBlock(Address base, long bytes, AtomicLong total) {
        this.base = base;
        this.bytes = bytes;
        this.total = total;
    }

    /**
     * Allocates; the contents are whatever was there.
     *
     * @param total of all blocks, to which this is added
     * @throws CudaFailure if there is no such room
     */
    static DeviceBlock allocate(long bytes, String what, AtomicLong total) {
        Address base = new Address();
        int status = JCudaDriver.cuMemAlloc(base, bytes);
        if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
            throw CudaFailure.of(status, "allocating %d bytes for %s".formatted(bytes, what));
        }
        CudaFailure.check(status, "allocating " + what);
        total.addAndGet(bytes);
        return new DeviceBlock(base, bytes, total);
    }

    long address() {
        return base.value();
    }

    long bytes() {
        return bytes;
    }

    /** JCuda's pointer to an address within the block. */
    CUdeviceptr at(long address) {
        if (address < address() || address > address() + bytes) {
            throw new IndexOutOfBoundsException(
                    "%x lies outside of %x and the %d bytes behind it.".formatted(address, address(), bytes));
        }
        return base.withByteOffset(address - address());
    }

    /** Fills the block with zeros, before anything that is launched later on any stream. */
    DeviceBlock zeroed() {
        CudaFailure.check(JCudaDriver.cuMemsetD8(base, (byte) 0, bytes), "clearing memory");
        CudaFailure.check(JCudaDriver.cuCtxSynchronize(), "clearing memory");
        return this;
    }

    /** Cuts the block into regions from its start. */
    Regions regions() {
        return new Regions(address(), bytes);
    }

    /** Frees it; a device that has failed is past that, so the status is not looked at. */
    @Override
    public void close() {
        total.addAndGet(-bytes);
        JCudaDriver.cuMemFree(base);
    }

    /** Hands out one region after another, as {@link Planes#room} measures them. */
    static final class Regions {
        private final long start;
        private final long bytes;
        private long used;

        Regions(long start, long bytes) {
            this.start = start;
            this.bytes = bytes;
        }

        /** Address of the next region, 0 for no bytes. */
        long take(long size) {
            if (size == 0) {
                return 0;
            }
            long room = Planes.room(size);
            if (room > bytes - used) {
                throw new IllegalStateException(
                        "A region of %d bytes does not fit behind %d of %d bytes.".formatted(room, used, bytes));
            }
            used += room;
            return start + used - room;
        }
    }

    /** A device pointer whose value can be read. */
    static final class Address extends CUdeviceptr {
        long value() {
            return getNativePointer() + getByteOffset();
        }
    }
}
