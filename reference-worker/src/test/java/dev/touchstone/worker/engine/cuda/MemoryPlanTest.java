package dev.touchstone.worker.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.worker.engine.ModelTensors;
import dev.touchstone.worker.engine.Shape;
import dev.touchstone.worker.engine.TooLittleMemoryException;
import dev.touchstone.worker.model.SharedFiles;
import dev.touchstone.worker.model.gguf.GgufFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MemoryPlanTest {

    private static final CudaDevice DEVICE = new CudaDevice(1, "NVIDIA H200", 90, "0000:3B:00.0", "13.0");

    private static MemoryPlan plan(String model, int context, KvType kvType) throws IOException {
        try (GgufFile file = GgufFile.open(SharedFiles.shared("models/" + model + ".gguf"))) {
            Shape shape = Shape.read(file.metadata());
            ModelTensors tensors = ModelTensors.find(file, shape);
            return MemoryPlan.of(
                    shape,
                    tensors,
                    context,
                    KvLayout.of(shape, kvType),
                    ScratchLayout.of(shape, tensors, context, 128));
        }
    }

    @Test
    void weightsTakeAboutWhatTheFileTakes() throws IOException {
        long size;
        try (GgufFile file = GgufFile.open(SharedFiles.shared("models/smollm2-135m-instruct-q4_1.gguf"))) {
            size = file.size();
        }
        assertThat(plan("smollm2-135m-instruct-q4_1", 8192, KvType.F16).weights())
                .isBetween(size * 95 / 100, size * 110 / 100);
    }

    @Test
    void cacheGrowsWithTheContextAndTheType() throws IOException {
        long half = plan("touchstone-tiny-f16", 1024, KvType.F16).cache();
        long full = plan("touchstone-tiny-f16", 1024, KvType.F32).cache();
        assertThat(full - half).isEqualTo(1024L * 8 * 2 * 128 * 2);
        assertThat(plan("touchstone-tiny-f16", 2048, KvType.F16).cache() - half).isEqualTo(1024L * 8 * 2 * 128 * 2);
    }

    @Test
    void scratchHoldsEveryRegion() throws IOException {
        try (GgufFile file = GgufFile.open(SharedFiles.shared("models/touchstone-tiny-q4_k_m.gguf"))) {
            Shape shape = Shape.read(file.metadata());
            ScratchLayout layout = ScratchLayout.of(shape, ModelTensors.find(file, shape), 300, 128);
            assertThat(layout.chunk()).isEqualTo(300);
            assertThat(layout.rows()).isEqualTo(384);
            assertThat(layout.chunks()).isEqualTo(3);
            assertThat(layout.dequantized()).isPositive();
            DeviceBlock.Regions regions = new DeviceBlock.Regions(1 << 20, layout.room());
            Scratch scratch = Scratch.in(regions, layout);
            assertThat(scratch.tokens()).isEqualTo(1 << 20);
            assertThat(scratch.step() + Planes.room(ScratchLayout.SMALL)).isEqualTo((1 << 20) + layout.room());
            assertThatThrownBy(() -> regions.take(1)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void tellsBothAmountsDeviceAndModel() {
        MemoryPlan plan = new MemoryPlan(17_000_000_000L, 1_000_000_000, 500_000_000, 33_554_432);
        assertThatThrownBy(() -> plan.check(3_000_000_000L, DEVICE, Path.of("/models/llama-8b.gguf")))
                .isInstanceOf(TooLittleMemoryException.class)
                .hasMessageContaining("GPU 1 (NVIDIA H200)")
                .hasMessageContaining("/models/llama-8b.gguf")
                .hasMessageContaining(plan.required() + " bytes are required")
                .hasMessageContaining("3000000000 bytes are available")
                .hasMessageEndingWith(".");
    }

    @Test
    void acceptsJustEnough() throws IOException {
        MemoryPlan plan = new MemoryPlan(10, 20, 30, 40);
        assertThat(plan.required()).isEqualTo(100 + MemoryPlan.MARGIN);
        plan.check(plan.required(), DEVICE, Path.of("m"));
        assertThatThrownBy(() -> plan.check(plan.required() - 1, DEVICE, Path.of("m")))
                .isInstanceOf(TooLittleMemoryException.class);
    }

    @Test
    void tensorsLieInTheFileWhereTheMappingHasThem() throws IOException {
        Path path = SharedFiles.shared("models/touchstone-tiny-q5_0.gguf");
        try (GgufFile file = GgufFile.open(path);
                FileChannel channel = FileChannel.open(path)) {
            for (var tensor : file.tensors()) {
                ByteBuffer read = ByteBuffer.allocate(16);
                channel.read(read, file.offsetOf(tensor));
                assertThat(read.flip()).isEqualTo(tensor.data().asSlice(0, 16).asByteBuffer());
            }
        }
    }
}
