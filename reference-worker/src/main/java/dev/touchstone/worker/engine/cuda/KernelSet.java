package dev.touchstone.worker.engine.cuda;

import dev.touchstone.worker.engine.ModelLoadException;
import dev.touchstone.worker.model.gguf.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.Map;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** The kernels of this build, loaded onto a device. Not thread-safe; closing unloads them. */
final class KernelSet implements KernelSource, AutoCloseable {

    static final String FATBIN = "/kernels/touchstone.fatbin";

    private final Catalogue catalogue;
    private final CUmodule module;
    private final CudaContext context;
    private final KernelLauncher launcher = KernelLauncher.ofDriver();
    private final Arena arena = Arena.ofShared();
    private final Map<String, Kernel> kernels = new HashMap<>();

    private KernelSet(Catalogue catalogue, CUmodule module, CudaContext context) {
        this.catalogue = catalogue;
        this.module = module;
        this.context = context;
    }

    /** @throws ModelLoadException if the build has no kernels, or none for this device */
    static KernelSet load(CudaContext context) throws ModelLoadException {
        Catalogue catalogue = Catalogue.load();
        CUmodule module = new CUmodule();
        int status = JCudaDriver.cuModuleLoadData(module, fatbin());
        if (status == CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU
                || status == CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION
                || status == CUresult.CUDA_ERROR_INVALID_PTX) {
            throw new ModelLoadException(
                    "This build's kernels do not run on %s of compute capability %s (%s); accepted are %s and later, with a driver of CUDA 13 for those later than 9.0."
                            .formatted(
                                    context.device().label(),
                                    context.device().capabilityText(),
                                    CudaFailure.name(status),
                                    CudaDevice.version(CudaDevice.LEAST_CAPABILITY)));
        }
        CudaFailure.check(status, "loading the kernels");
        return new KernelSet(catalogue, module, context);
    }

    private static byte[] fatbin() throws ModelLoadException {
        try (InputStream in = KernelSet.class.getResourceAsStream(FATBIN)) {
            if (in == null) {
                throw new ModelLoadException("This build has no GPU kernels (it was made where nvcc was not).");
            }
            return in.readAllBytes();
        } catch (ModelLoadException told) {
            throw told;
        } catch (IOException notRead) {
            throw new ModelLoadException("This build's GPU kernels cannot be read (%s)."
                    .formatted(notRead.getClass().getSimpleName()));
        }
    }

    @Override
    public Kernel kernel(String name, TensorType... types) throws ModelLoadException {
        KernelSpec spec = catalogue.kernel(name);
        String instance = types.length == 0 ? name : spec.instance(types);
        Kernel known = kernels.get(instance);
        if (known != null) {
            return known;
        }
        Function function = function(instance, spec);
        Kernel kernel = new Kernel(
                instance,
                spec,
                function.handle(),
                context.streamHandle(),
                launcher,
                bytes -> JCudaDriver.cuFuncSetAttribute(
                        function, CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes),
                arena);
        kernels.put(instance, kernel);
        return kernel;
    }

    /**
     * Whether the device has room for a cluster of this kernel's blocks.
     *
     * @throws ModelLoadException if the build has no such kernel
     */
    boolean hasRoomFor(String name, TensorType type) throws ModelLoadException {
        KernelSpec spec = catalogue.kernel(name);
        return context.device().hasClusters()
                && ClusterRoom.isThereFor(function(spec.instance(type), spec).handle(), spec);
    }

    private Function function(String instance, KernelSpec spec) throws ModelLoadException {
        Function function = new Function();
        int status = JCudaDriver.cuModuleGetFunction(function, module, instance);
        if (status == CUresult.CUDA_ERROR_NOT_FOUND) {
            throw new ModelLoadException(
                    "This build's kernels lack '%s'; build it again where nvcc is.".formatted(instance));
        }
        CudaFailure.check(status, "looking up " + instance);
        if (spec.hasLargeClusters()) {
            CudaFailure.check(
                    JCudaDriver.cuFuncSetAttribute(
                            function, CUfunction_attribute.CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED, 1),
                    "allowing the clusters of " + instance);
        }
        return function;
    }

    /** Unloads; a device that has failed is past that, so the status is not looked at. */
    @Override
    public void close() {
        arena.close();
        JCudaDriver.cuModuleUnload(module);
    }

    /** A function whose handle can be read: the driver's own launch takes it, not JCuda's object. */
    static final class Function extends CUfunction {
        long handle() {
            return getNativePointer();
        }
    }
}
