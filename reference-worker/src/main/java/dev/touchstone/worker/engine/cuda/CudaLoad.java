package dev.touchstone.worker.engine.cuda;

import dev.touchstone.worker.engine.EngineFacts;
import dev.touchstone.worker.engine.LoadProgress;
import dev.touchstone.worker.engine.ModelLoadException;
import dev.touchstone.worker.engine.ModelTensors;
import dev.touchstone.worker.engine.PrefillParts;
import dev.touchstone.worker.engine.Shape;
import dev.touchstone.worker.model.gguf.GgufFile;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** One load of a model: plan, check, allocate, upload, capture. */
final class CudaLoad {

    private static final Set<Integer> HEAD_SIZES = Set.of(64, 128);

    private final GgufFile file;
    private final CudaDevice device;
    private final int contextLength;
    private final KvType kvType;
    private final AtomicLong allocated = new AtomicLong();

    CudaLoad(GgufFile file, CudaDevice device, int contextLength, KvType kvType) {
        this.file = file;
        this.device = device;
        this.contextLength = contextLength;
        this.kvType = kvType;
    }

    CudaEngine run(LoadProgress progress) throws ModelLoadException {
        Shape shape = Shape.read(file.metadata());
        if (!HEAD_SIZES.contains(shape.headSize())) {
            throw new ModelLoadException("The model's heads have %d dimensions; the GPU engine accepts 64 and 128."
                    .formatted(shape.headSize()));
        }
        int context = shape.context(contextLength);
        ModelTensors tensors = ModelTensors.find(file, shape);
        Resources resources = new Resources();
        boolean loaded = false;
        try {
            CudaEngine engine = load(shape, tensors, context, resources, progress);
            loaded = true;
            return engine;
        } finally {
            if (!loaded) {
                resources.close();
            }
        }
    }

    private CudaEngine load(Shape shape, ModelTensors tensors, int context, Resources resources, LoadProgress progress)
            throws ModelLoadException {
        int attendChunk = Catalogue.load().constant("ATTEND_CHUNK");
        KvLayout kv = KvLayout.of(shape, kvType);
        ScratchLayout layout = ScratchLayout.of(shape, tensors, context, attendChunk);
        MemoryPlan plan = MemoryPlan.of(shape, tensors, context, kv, layout);

        Optional<Nvml> nvml = Nvml.open(device.pciBusId());
        OptionalLong before = nvml.isPresent() ? nvml.get().usedByAll() : OptionalLong.empty();
        CudaContext on = CudaContext.open(device);
        resources.add(on::close);
        plan.check(on.availableBytes(), device, file.path());
        KernelSet kernels = KernelSet.load(on);
        resources.add(kernels::close);
        long overhead = overhead(before, nvml.isPresent() ? nvml.get().usedByAll() : OptionalLong.empty());

        DeviceBlock block = DeviceBlock.allocate(plan.weights(), "the weights", allocated);
        resources.add(block::close);
        DeviceWeights weights = new WeightLoad(shape, tensors, context)
                .run(on, file, block, kernels.kernel("retile"), progress, allocated);
        DeviceBlock scratch =
                DeviceBlock.allocate(plan.scratch(), "scratch", allocated).zeroed();
        resources.add(scratch::close);
        KvPool caches = new KvPool(context, positions -> cache(kv, positions));
        resources.add(caches::close);
        DeviceModel model = new DeviceModel(shape, context, weights, Scratch.in(scratch.regions(), layout), kv);
        StepRunner runner = new StepRunner(
                on,
                model,
                scratch,
                new PrefillKernels(kernels, model, on.mostShared()),
                new DecodeKernels(kernels, model, clusterPositions(kernels, model)));
        resources.add(runner::close);
        CudaEngine.exercise(runner, caches, context, model.vocabSize());
        EngineFacts facts = facts(model, CudaEngine.measure(runner, caches, context, model.vocabSize()));
        return new CudaEngine(facts, on, resources, runner, caches, vram(nvml, overhead));
    }

    /** Positions below which attention can be by clusters of blocks. */
    private static int clusterPositions(KernelSet kernels, DeviceModel model) throws ModelLoadException {
        return kernels.hasRoomFor(
                        DecodeKernels.clustered(model.shape()),
                        model.kv().type().asTensor())
                ? Catalogue.load().constant("ATTEND_CLUSTER_POSITIONS")
                : 0;
    }

    private KvCache cache(KvLayout kv, int positions) {
        DeviceBlock block = DeviceBlock.allocate(kv.bytes(positions), "a KV cache", allocated)
                .zeroed();
        return new KvCache(block.address(), positions, block::close);
    }

    private EngineFacts facts(DeviceModel model, PrefillParts parts) {
        return new EngineFacts(
                "cuda",
                true,
                ModelTensors.quantKind(file),
                model.kv().bytesPerPosition(),
                model.vocabSize(),
                model.context(),
                parts,
                Optional.of(device.facts()));
    }

    /** What the context and the kernels took, where NVML could tell the device's use before and after. */
    static long overhead(OptionalLong before, OptionalLong after) {
        return before.isPresent() && after.isPresent() ? Math.max(0, after.getAsLong() - before.getAsLong()) : 0;
    }

    private ProcessVram vram(Optional<Nvml> nvml, long overhead) {
        long pid = ProcessHandle.current().pid();
        return new ProcessVram(
                () -> ProcessVram.choose(
                        nvml.isPresent() ? nvml.get().usedBy(pid) : OptionalLong.empty(), allocated.get(), overhead),
                System::nanoTime,
                reading -> Thread.ofPlatform().daemon().name("vram").start(reading));
    }
}
