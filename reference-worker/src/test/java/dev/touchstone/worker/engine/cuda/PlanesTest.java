package dev.touchstone.worker.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.worker.model.gguf.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PlanesTest {

    @ParameterizedTest
    @EnumSource(TensorType.class)
    void holdTheBytesOfTheFile(TensorType type) {
        int rows = 7;
        int columns = 3 * Math.max(8, type.blockSize());
        Planes planes = Planes.of(type, rows, columns);
        long stored = (long) rows * (columns / type.blockSize()) * type.bytesPerBlock();
        assertThat(planes.quants() + planes.highs() + planes.scales()).isEqualTo(stored);
        assertThat(Planes.asStored(type)).isEqualTo(planes.quants() == stored);
    }

    @ParameterizedTest
    @CsvSource({
        "Q4_0,16,0,2",
        "Q4_1,16,0,4",
        "Q5_0,16,4,2",
        "Q5_1,16,4,4",
        "Q8_0,32,0,2",
        "Q6_K,208,0,2",
        "Q4_K,144,0,0"
    })
    void cutABlockAsTheKernelsReadIt(TensorType type, long quants, long highs, long scales) {
        assertThat(Planes.of(type, 1, type.blockSize())).isEqualTo(new Planes(quants, highs, scales));
    }

    @Test
    void leaveRoomBehindEachPlane() {
        assertThat(Planes.room(0)).isZero();
        assertThat(Planes.room(1)).isEqualTo(512);
        assertThat(Planes.room(256)).isEqualTo(512);
        assertThat(Planes.room(257)).isEqualTo(768);
        assertThat(new Planes(256, 1, 0).room()).isEqualTo(1024);
    }

    @Test
    void countBeyondTwoGigabytes() {
        assertThat(Planes.of(TensorType.F16, 200_000, 16_384).quants()).isEqualTo(2L * 200_000 * 16_384);
    }

    @Test
    void matrixIsWrittenAsTheKernelsStruct() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment to = arena.allocate(48, 8);
            new DeviceMatrix(1, 2, 3, TensorType.Q6_K, 4, 512).write(to, 8);
            assertThat(to.toArray(ValueLayout.JAVA_LONG))
                    .startsWith(0L, 1L, 2L, 3L)
                    .endsWith(512L);
            assertThat(to.get(ValueLayout.JAVA_INT, 32)).isEqualTo(14);
            assertThat(to.get(ValueLayout.JAVA_INT, 36)).isEqualTo(4);
        }
    }
}
