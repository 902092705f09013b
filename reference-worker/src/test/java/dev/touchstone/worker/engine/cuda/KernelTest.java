package dev.touchstone.worker.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.worker.engine.cuda.KernelSpec.Argument;
import dev.touchstone.worker.engine.cuda.KernelSpec.Kind;
import dev.touchstone.worker.model.gguf.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import jcuda.NativePointerObject;
import org.junit.jupiter.api.Test;

/** Bytes as the driver's headers lay them out. */
class KernelTest {

    private static final KernelSpec SPEC = new KernelSpec(
            "sum",
            List.of(),
            List.of(
                    new Argument("count", Kind.INT),
                    new Argument("w", Kind.MATRIX),
                    new Argument("epsilon", Kind.FLOAT),
                    new Argument("layer", Kind.INT),
                    new Argument("last", Kind.INT),
                    new Argument("x", Kind.POINTER)),
            128,
            1,
            new LaunchRule("rows", 8, 1, 0),
            LaunchRule.always(2),
            new LaunchRule("cols", 1, 4, 0));

    private final Arena arena = Arena.ofAuto();
    private final List<Integer> allowed = new ArrayList<>();
    private final MemorySegment seenConfig = arena.allocate(Kernel.CONFIG_BYTES, 8);
    private final long[] pointers = new long[6];
    private long seenFunction;
    private int status;

    private final Kernel kernel = new Kernel(
            "sum_f16",
            SPEC,
            0x1234,
            0x5678,
            (config, function, arguments) -> {
                seenConfig.copyFrom(config);
                seenFunction = function;
                for (int i = 0; i < pointers.length; i++) {
                    pointers[i] = arguments.getAtIndex(ValueLayout.JAVA_LONG, i);
                }
                return status;
            },
            bytes -> {
                allowed.add(bytes);
                return 0;
            },
            arena);

    private Kernel filled() {
        return kernel.integer(3)
                .matrix(new DeviceMatrix(0x10, 0x20, 0x30, TensorType.F16, 100, 896))
                .real(1e-6f)
                .integer(5)
                .integer(6)
                .pointer(0x7000_0000_0000L);
    }

    @Test
    void packsArgumentsAtTheirAlignment() {
        filled().launch(Map.of("rows", 100, "cols", 896));
        assertThat(pointers[1] - pointers[0]).isEqualTo(8);
        assertThat(pointers[2] - pointers[1]).isEqualTo(40);
        assertThat(pointers[3] - pointers[2]).isEqualTo(4);
        assertThat(pointers[4] - pointers[3]).isEqualTo(4);
        assertThat(pointers[5] - pointers[4]).isEqualTo(8);
        assertThat(MemorySegment.ofAddress(pointers[2]).reinterpret(4).get(ValueLayout.JAVA_FLOAT, 0))
                .isEqualTo(1e-6f);
        assertThat(MemorySegment.ofAddress(pointers[5]).reinterpret(8).get(ValueLayout.JAVA_LONG, 0))
                .isEqualTo(0x7000_0000_0000L);
    }

    @Test
    void fillsTheLaunchConfig() {
        filled().launch(Map.of("rows", 100, "cols", 896));
        int[] sizes = seenConfig.asSlice(0, 28).toArray(ValueLayout.JAVA_INT);
        assertThat(sizes).containsExactly(13, 2, 1, 128, 1, 1, 3584);
        assertThat(seenConfig.get(ValueLayout.JAVA_LONG, 32)).isEqualTo(0x5678);
        assertThat(seenConfig.get(ValueLayout.JAVA_INT, 48)).isZero();
        assertThat(seenFunction).isEqualTo(0x1234);
    }

    @Test
    void asksForProgrammaticSerializationWhereLaunchesOverlap() {
        filled().launchOverlapping(Map.of("rows", 100, "cols", 896));
        assertThat(seenConfig.get(ValueLayout.JAVA_INT, 48)).isEqualTo(1);
        MemorySegment attribute = seenConfig.get(ValueLayout.ADDRESS, 40).reinterpret(Kernel.ATTRIBUTE_BYTES);
        assertThat(attribute.get(ValueLayout.JAVA_INT, 0)).isEqualTo(6);
        assertThat(attribute.get(ValueLayout.JAVA_INT, 8)).isEqualTo(1);
    }

    @Test
    void asksOnceForMuchSharedMemory() {
        filled().launch(Map.of("rows", 1, "cols", 12_288));
        assertThat(allowed).isEmpty();
        filled().launch(Map.of("rows", 1, "cols", 20_000));
        filled().launch(Map.of("rows", 1, "cols", 20_000));
        assertThat(allowed).containsExactly(80_000);
    }

    @Test
    void refusesAnArgumentOfAnotherKind() {
        assertThatThrownBy(() -> kernel.pointer(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("sum_f16")
                .hasMessageContaining("count");
    }

    @Test
    void refusesTooFewAndTooManyArguments() {
        assertThatThrownBy(() -> kernel.integer(1).launch(Map.of("rows", 1, "cols", 1)))
                .hasMessageContaining("takes 6 arguments, and 1 were given");
        Kernel other = new Kernel("sum", SPEC, 1, 1, (config, function, arguments) -> 0, bytes -> 0, arena);
        other.integer(3)
                .matrix(new DeviceMatrix(1, 0, 0, TensorType.F16, 1, 8))
                .real(1)
                .integer(1)
                .integer(1);
        other.pointer(1);
        assertThatThrownBy(() -> other.pointer(2)).hasMessageContaining("one more");
    }

    @Test
    void namesTheKernelThatCouldNotBeLaunched() {
        status = 719;
        assertThatThrownBy(() -> filled().launch(Map.of("rows", 1, "cols", 1)))
                .isInstanceOf(CudaFailure.class)
                .hasMessage("The GPU reported CUDA_ERROR_LAUNCH_FAILED (719) while launching sum_f16.");
    }

    @Test
    void handlesOfJcudasObjectsCanBeRead() throws ReflectiveOperationException {
        KernelSet.Function function = new KernelSet.Function();
        CudaContext.Stream stream = new CudaContext.Stream();
        DeviceBlock.Address address = new DeviceBlock.Address();
        Field pointer = NativePointerObject.class.getDeclaredField("nativePointer");
        pointer.setAccessible(true);
        pointer.setLong(function, 11);
        pointer.setLong(stream, 12);
        pointer.setLong(address, 13);
        assertThat(List.of(function.handle(), stream.handle(), address.value())).containsExactly(11L, 12L, 13L);
    }
}
