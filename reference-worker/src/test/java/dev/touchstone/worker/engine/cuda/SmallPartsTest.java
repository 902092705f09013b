package dev.touchstone.worker.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.worker.engine.PrefillParts;
import dev.touchstone.worker.engine.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SmallPartsTest {

    @Test
    void rangesEndAtFourTimesTheOneBeforeAndAtTheContext() {
        StepRanges ranges = new StepRanges(5000);
        assertThat(IntStream.range(0, ranges.count()).map(ranges::end)).containsExactly(256, 1024, 4096, 5000);
        assertThat(ranges.of(0)).isZero();
        assertThat(ranges.of(255)).isZero();
        assertThat(ranges.of(256)).isEqualTo(1);
        assertThat(ranges.of(4096)).isEqualTo(3);
        assertThat(ranges.of(4999)).isEqualTo(3);
        assertThatThrownBy(() -> ranges.of(5000)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void shortContextHasOneRange() {
        StepRanges ranges = new StepRanges(100);
        assertThat(ranges.count()).isEqualTo(1);
        assertThat(ranges.end(0)).isEqualTo(100);
        assertThat(new StepRanges(256).count()).isEqualTo(1);
    }

    @Test
    void cacheIsRoundedUpToWholeSteps() {
        KvLayout layout = new KvLayout(24, 2, 64, KvType.F16);
        assertThat(layout.bytesPerPosition()).isEqualTo(24 * 2 * 2 * 64 * 2);
        assertThat(KvLayout.stride(1)).isEqualTo(64);
        assertThat(KvLayout.stride(64)).isEqualTo(64);
        assertThat(layout.bytes(65) - layout.bytes(64)).isEqualTo(64 * layout.bytesPerPosition());
        assertThat(new KvLayout(80, 8, 128, KvType.F32).bytes(131_072)).isGreaterThan(80L << 30);
    }

    @Test
    void poolUsesCachesAgainAndGrowsOnlySideBySide() {
        List<Integer> made = new ArrayList<>();
        List<Integer> freed = new ArrayList<>();
        KvPool pool = new KvPool(1000, positions -> {
            made.add(positions);
            return new KvCache(made.size(), positions, () -> freed.add(positions));
        });
        for (int round = 0; round < 10; round++) {
            pool.giveBack(pool.take(1 + round * 100));
        }
        assertThat(made).containsExactly(1000);
        KvCache first = pool.take(10);
        KvCache second = pool.take(50);
        pool.giveBack(second);
        assertThat(pool.take(50)).isSameAs(second);
        pool.giveBack(second);
        KvCache larger = pool.take(60);
        assertThat(made).containsExactly(1000, 50, 60);
        assertThat(freed).containsExactly(50);
        pool.giveBack(larger);
        pool.giveBack(first);
        assertThat(pool.take(1)).as("the smallest that fits").isSameAs(larger);
        pool.close();
        assertThat(freed).containsExactly(50, 1000);
    }

    @Test
    void tokenIsToldByItsSerialOnly() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(TokenWords.BYTES, 8);
            TokenWords words = new TokenWords(memory);
            assertThat(words.token(1)).isEmpty();
            memory.set(ValueLayout.JAVA_LONG, 8, 151_935L << 32 | 1);
            memory.set(ValueLayout.JAVA_LONG, 0, 5L << 32 | 2);
            assertThat(words.token(1)).hasValue(151_935);
            assertThat(words.token(2)).hasValue(5);
            assertThat(words.token(3)).isEmpty();
            int wrapped = 0xFFFF_FFFE;
            memory.set(ValueLayout.JAVA_LONG, 0, 9L << 32 | 0xFFFF_FFFEL);
            assertThat(words.token(wrapped)).hasValue(9);
        }
    }

    @Test
    void firstPartTakesSomeFortyMilliseconds() {
        assertThat(PrefillTiming.parts(512, 8_000_000)).isEqualTo(new PrefillParts(2048, 64, 2048));
        assertThat(PrefillTiming.parts(512, 50_000_000).first()).isEqualTo(256);
        assertThat(PrefillTiming.parts(512, 5_000_000_000L).first()).isEqualTo(64);
        assertThat(PrefillTiming.parts(1, 1).first()).isEqualTo(2048);
    }

    @Test
    void ropeTableHoldsCosinesAndSines() {
        Shape shape = new Shape("llama", 1, 64, 1, 1, 64, 64, 10_000, 1e-5f, false, 64, 10_000, 2);
        float[] divisors = new float[32];
        Arrays.fill(divisors, 1);
        divisors[3] = 4;
        float[] table = RopeTable.compute(shape, divisors, 100, 5);
        assertThat(table).hasSize(5 * 64);
        assertThat(RopeTable.bytes(shape, 5)).isEqualTo(4L * table.length);
        double angle = 102 / 2.0 * Math.pow(10_000, -6.0 / 64) / 4;
        assertThat((double) table[2 * 64 + 6]).isCloseTo(Math.cos(angle), within(1e-6));
        assertThat((double) table[2 * 64 + 7]).isCloseTo(Math.sin(angle), within(1e-6));
        assertThat(RopeTable.compute(shape, divisors, 102, 1)).isEqualTo(Arrays.copyOfRange(table, 128, 192));
    }

    @Test
    void vramIsReadAgainAfterASecondAndNeverWaitedFor() {
        AtomicLong now = new AtomicLong();
        AtomicLong used = new AtomicLong(100);
        List<Runnable> readings = new ArrayList<>();
        ProcessVram vram = new ProcessVram(used::get, now::get, readings::add);
        used.set(200);
        assertThat(vram.bytes()).isEqualTo(100);
        assertThat(readings).isEmpty();
        now.set(1_000_000_001);
        assertThat(vram.bytes()).isEqualTo(100);
        assertThat(vram.bytes()).isEqualTo(100);
        assertThat(readings).as("one reading at a time").hasSize(1);
        readings.getFirst().run();
        assertThat(vram.bytes()).isEqualTo(200);
        assertThat(readings).hasSize(1);
    }

    @Test
    void vramIsEstimatedWhereNvmlDoesNotListTheProcess() {
        assertThat(ProcessVram.choose(OptionalLong.of(7), 100, 20)).isEqualTo(7);
        assertThat(ProcessVram.choose(OptionalLong.empty(), 100, 20)).isEqualTo(120);
        assertThat(CudaLoad.overhead(OptionalLong.of(50), OptionalLong.of(70))).isEqualTo(20);
        assertThat(CudaLoad.overhead(OptionalLong.of(50), OptionalLong.of(40))).isZero();
        assertThat(CudaLoad.overhead(OptionalLong.empty(), OptionalLong.of(40))).isZero();
    }

    @Test
    void processIsFoundInNvmlsList() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment list = arena.allocate(3L * Nvml.PROCESS_BYTES, 8);
            for (int i = 0; i < 3; i++) {
                list.set(ValueLayout.JAVA_INT, (long) i * Nvml.PROCESS_BYTES, 1000 + i);
                list.set(ValueLayout.JAVA_LONG, (long) i * Nvml.PROCESS_BYTES + 8, i == 2 ? -1 : 5_000_000_000L + i);
            }
            assertThat(Nvml.find(list, 3, 1001)).hasValue(5_000_000_001L);
            assertThat(Nvml.find(list, 1, 1001)).isEmpty();
            assertThat(Nvml.find(list, 3, 1002)).as("not told").isEmpty();
            assertThat(Nvml.find(list, 3, 7)).isEmpty();
        }
    }
}
