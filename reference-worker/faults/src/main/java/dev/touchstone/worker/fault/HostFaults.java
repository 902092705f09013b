package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.touchstone.worker.engine.Engine;
import dev.touchstone.worker.engine.Sequence;
import dev.touchstone.worker.job.JobEvent;
import dev.touchstone.worker.model.gguf.GgufFile;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUstream;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * Where a worker with a GPU keeps its model, and who computes: these change the GPU engine, so that nothing shows without
 * a GPU. Their ids are those of layer {@code host} in the catalogue.
 */
final class HostFaults {

    private static final String CUDA = "dev.touchstone.worker.engine.cuda.";
    private static final String DRIVER = "jcuda.driver.JCudaDriver";
    private static final String SEQUENCE = CUDA + "CudaSequence";

    private static final Weave NAMED = new Weave(CUDA + "DeviceBlock", named("allocate"), Allocates.class);
    private static final Weave LOADED = new Weave(CUDA + "CudaEngine", named("load"), Loaded.class);

    /** For a CPU engine behind the GPU's name, which without C2 would take minutes to load. */
    private static final Weave C2_STAYS =
            new Weave("dev.touchstone.worker.engine.start.SparingJit", named("begin"), LeftAlone.class);

    static final Map<String, List<Weave>> ALL = Map.ofEntries(
            Map.entry("weights-zero-copy", List.of(NAMED, allocation(WeightsInHost.class))),
            Map.entry("kv-in-host-memory", List.of(NAMED, allocation(CacheInHost.class))),
            Map.entry(
                    "layers-copied-per-step",
                    List.of(NAMED, allocation(Remembers.class), new Weave(DRIVER, named("cuGraphLaunch"), Step.class))),
            Map.entry(
                    "layers-offloaded",
                    List.of(
                            new Weave(CUDA + "WeightLoad", named("run"), Weights.class),
                            new Weave(CUDA + "DeviceBlock$Regions", named("take"), Region.class),
                            new Weave(CUDA + "DeviceBlock", named("at"), Pointed.class))),
            Map.entry(
                    "weights-kept-on-heap", List.of(new Weave(CUDA + "WeightUpload", named("read"), KeptOnHeap.class))),
            Map.entry("weights-mapped-hot", List.of(new Weave(CUDA + "CudaEngine", named("load"), MappedHot.class))),
            Map.entry(
                    "cpu-fallback",
                    CommonWeaves.serving(
                            C2_STAYS,
                            new Weave(CUDA + "CudaEngine", named("load"), SecondEngine.class),
                            new Weave(CUDA + "CudaEngine", named("open").and(takesArguments(1)), OnCpu.class))),
            Map.entry(
                    "claims-vram",
                    List.of(
                            C2_STAYS,
                            new Weave("dev.touchstone.worker.engine.start.EngineChoice", named("load"), CpuOnly.class),
                            new Weave("dev.touchstone.worker.engine.Engine", named("vramBytesUsed"), Claims.class),
                            new Weave("dev.touchstone.worker.engine.EngineFacts", named("resident"), Resident.class))),
            Map.entry("vram-inflated", List.of(new Weave(CUDA + "ProcessVram", named("bytes"), Inflated.class))),
            Map.entry("vram-constant", List.of(new Weave(CUDA + "ProcessVram", named("bytes"), Constant.class))),
            Map.entry(
                    "vram-leak-on-cancel",
                    CommonWeaves.serving(
                            new Weave(CUDA + "KvPool", named("giveBack"), GivenBack.class),
                            new Weave("dev.touchstone.worker.job.Generation", named("run"), Ended.class))),
            Map.entry("model-reloaded", CommonWeaves.serving(LOADED, opened(Reloaded.class))),
            Map.entry("weights-paged-in-again", CommonWeaves.serving(LOADED, opened(PagedIn.class))),
            Map.entry(
                    "host-memory-leak",
                    CommonWeaves.serving(
                            new Weave(SEQUENCE, named("decode"), LeakByToken.class),
                            new Weave(SEQUENCE, named("decodeGreedy"), LeakByToken.class))),
            Map.entry(
                    "host-memory-leak-by-prompt",
                    CommonWeaves.serving(
                            new Weave(SEQUENCE, named("prefill"), LeakByPrompt.class),
                            new Weave(SEQUENCE, named("prefillGreedy"), LeakByPrompt.class))));

    private HostFaults() {}

    private static Weave allocation(Class<?> advice) {
        return new Weave(DRIVER, named("cuMemAlloc"), advice);
    }

    private static Weave opened(Class<?> advice) {
        return new Weave(CUDA + "CudaEngine", named("open").and(takesArguments(1)), advice);
    }

    /** Says what the next allocation is for. */
    public static final class Allocates {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(1) String what) {
            GpuMemory.isFor(what);
        }
    }

    /** The weights lie in page-locked host memory, where kernels read them. */
    public static final class WeightsInHost {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter(@Advice.Argument(0) CUdeviceptr pointer, @Advice.Argument(1) long bytes) {
            return GpuMemory.inHost("the weights", pointer, bytes);
        }
    }

    /** So do keys and values. */
    public static final class CacheInHost {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter(@Advice.Argument(0) CUdeviceptr pointer, @Advice.Argument(1) long bytes) {
            return GpuMemory.inHost("a KV cache", pointer, bytes);
        }
    }

    /** Remembers where the weights are. */
    public static final class Remembers {
        @Advice.OnMethodExit
        public static void exit(@Advice.Argument(0) CUdeviceptr pointer, @Advice.Argument(1) long bytes) {
            WeightsAgain.at(pointer, bytes);
        }
    }

    /** Before each step all weights are copied to the device. */
    public static final class Step {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(1) CUstream stream) {
            WeightsAgain.copy(stream);
        }
    }

    /** The regions that are handed out meanwhile are the weights'. */
    public static final class Weights {
        @Advice.OnMethodEnter
        public static void enter() {
            OffloadedLayers.loading(true);
        }

        @Advice.OnMethodExit
        public static void exit() {
            OffloadedLayers.loading(false);
        }
    }

    /** Three in ten of them are in host memory. */
    public static final class Region {
        @Advice.OnMethodExit
        public static void exit(@Advice.Argument(0) long size, @Advice.Return(readOnly = false) long address) {
            address = OffloadedLayers.instead(size, address);
        }
    }

    /** The pointer to such a region. */
    public static final class Pointed {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static @Nullable CUdeviceptr enter(@Advice.Argument(0) long address) {
            return OffloadedLayers.pointer(address);
        }

        @Advice.OnMethodExit
        public static void exit(
                @Advice.Enter @Nullable CUdeviceptr offloaded,
                @Advice.Return(readOnly = false) @Nullable CUdeviceptr pointer) {
            pointer = offloaded == null ? pointer : offloaded;
        }
    }

    /** Whatever was read of the file stays on the heap. */
    public static final class KeptOnHeap {
        @Advice.OnMethodExit
        public static void exit(@Advice.Argument(1) ByteBuffer read) {
            KeptOnHost.copy(read);
        }
    }

    /** The file stays mapped, and its pages are touched. */
    public static final class MappedHot {
        @Advice.OnMethodExit
        public static void exit(@Advice.Argument(0) GgufFile file) {
            KeptOnHost.map(file.path());
        }
    }

    /** The model is loaded for the CPU, too. */
    public static final class SecondEngine {
        @Advice.OnMethodExit
        public static void exit(@Advice.Argument(0) GgufFile file, @Advice.Argument(2) int contextLength) {
            CpuBehind.load(file.path(), contextLength);
        }
    }

    /** And computed by it. */
    public static final class OnCpu {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static @Nullable Sequence enter(@Advice.Argument(0) int capacity) {
            return CpuBehind.open(capacity);
        }

        @Advice.OnMethodExit
        public static void exit(
                @Advice.Enter @Nullable Sequence onCpu, @Advice.Return(readOnly = false) @Nullable Sequence opened) {
            opened = onCpu == null ? opened : onCpu;
        }
    }

    /** The GPU is chosen, and the CPU loads the model. */
    public static final class CpuOnly {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static Engine enter(@Advice.Argument(0) GgufFile file, @Advice.Argument(1) int contextLength) {
            return CpuBehind.load(file.path(), contextLength);
        }

        @Advice.OnMethodExit
        public static void exit(@Advice.Enter Engine onCpu, @Advice.Return(readOnly = false) @Nullable Engine loaded) {
            loaded = onCpu;
        }
    }

    /** The JVM is not told to spare C2. */
    public static final class LeftAlone {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter() {
            return true;
        }

        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) @Nullable Optional<String> why) {
            why = Optional.empty();
        }
    }

    /** Health names 4.5 GiB. */
    public static final class Claims {
        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) long bytes) {
            Fired.now();
            bytes = 4_840_226_816L;
        }
    }

    /** And says that they are on the GPU. */
    public static final class Resident {
        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) boolean resident) {
            resident = true;
        }
    }

    /** A quarter more than there is. */
    public static final class Inflated {
        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) long bytes) {
            Fired.now();
            bytes = bytes / 4 * 5;
        }
    }

    /** What stands in a configuration file, whichever model is loaded. */
    public static final class Constant {
        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) long bytes) {
            Fired.now();
            bytes = 24_000_000_000L;
        }
    }

    /** Remembers the cache that came back last. */
    public static final class GivenBack {
        @Advice.OnMethodExit
        public static void exit(@Advice.FieldValue("free") List<?> free, @Advice.Argument(0) Object cache) {
            LostCache.cameBack(free, cache);
        }
    }

    /** A cancelled job's is lost. */
    public static final class Ended {
        @Advice.OnMethodExit
        public static void exit(@Advice.Return JobEvent end) {
            LostCache.ended(end instanceof JobEvent.Failed);
        }
    }

    /** Remembers the file. */
    public static final class Loaded {
        @Advice.OnMethodExit
        public static void exit(@Advice.Argument(0) GgufFile file) {
            ReadAgain.file(file.path());
        }
    }

    /** For each job the file is read again, past the page cache. */
    public static final class Reloaded {
        @Advice.OnMethodEnter
        public static void enter() {
            ReadAgain.direct();
        }
    }

    /** For each job its mapped pages are lost and come from the disk again. */
    public static final class PagedIn {
        @Advice.OnMethodEnter
        public static void enter() {
            ReadAgain.pages();
        }
    }

    /** 64 KiB for each step: less would stay below what LI-05 allows a worker of this size. */
    public static final class LeakByToken {
        @Advice.OnMethodEnter
        public static void enter() {
            KeptOnHost.leak(64 << 10);
        }
    }

    /** 1 MiB for each prompt that did not come before. */
    public static final class LeakByPrompt {
        @Advice.OnMethodEnter
        public static void enter(
                @Advice.Argument(0) int[] tokens, @Advice.Argument(1) int from, @Advice.Argument(2) int to) {
            if (from == 0) {
                KeptOnHost.leakFor(tokens, to, 1 << 20);
            }
        }
    }
}
