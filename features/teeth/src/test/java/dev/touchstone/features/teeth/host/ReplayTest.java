package dev.touchstone.features.teeth.host;

import static dev.touchstone.features.teeth.host.Made.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.evidence.Depth;
import dev.touchstone.harness.evidence.DeviceReading;
import dev.touchstone.harness.evidence.HostMemory;
import dev.touchstone.harness.evidence.IoCounters;
import dev.touchstone.harness.evidence.ProcessReading;
import dev.touchstone.harness.evidence.ProcessTree;
import dev.touchstone.harness.evidence.Reading;
import org.junit.jupiter.api.Test;

class ReplayTest {

    private final Replay replay = new Replay(Made.samples());

    private ProcessReading root(long millis) {
        return replay.processes(millis * MILLI, Depth.QUICK).root();
    }

    private DeviceReading gpu(long millis) {
        return replay.gpu(millis * MILLI, Reading.none("not asked for"));
    }

    private HostMemory memory(long millis) {
        return root(millis).memory().found().orElseThrow();
    }

    private long received(long millis) {
        return gpu(millis).pcie().found().orElseThrow().receivedBytes();
    }

    @Test
    void countersAreOnAStraightLineBetweenTwoSamples() {
        assertThat(root(250).stat().cpuTicks()).isEqualTo(25);
        assertThat(root(250).io().found()).hasValue(new IoCounters(1250, 750));
    }

    @Test
    void levelsAreThoseOfTheSampleBefore() {
        assertThat(memory(299).anonymous()).isEqualTo(102);
        assertThat(replay.vram(299 * MILLI)).isEqualTo(1020);
    }

    @Test
    void countersOfThePcieLinkGoRoundAsTheyDid() {
        assertThat(received(0)).isEqualTo(4_294_967_000L);
        assertThat(received(50)).isEqualTo(4_294_967_500L - (1L << 32));
        assertThat(received(1000)).isEqualTo(4_294_967_000L + 10_000 - (1L << 32));
    }

    @Test
    void allGoesOnAtTheRecordedTrendAfterTheEnd() {
        assertThat(root(2250).stat().cpuTicks()).isEqualTo(225);
        assertThat(root(2250).io().found()).hasValue(new IoCounters(11_250, 6_750));
        assertThat(memory(2250).anonymous()).isEqualTo(100 + 2 + 2 * 10);
        assertThat(memory(2250).swapped()).isEqualTo(4 + 2 * 20);
        assertThat(replay.vram(2250 * MILLI)).isEqualTo(1020 + 2 * 100);
        assertThat(gpu(2250).memory().found().orElseThrow())
                .isEqualTo(new DeviceReading.DeviceMemory(5000, 3980 - 200, 1020 + 200));
        assertThat(received(2250)).isEqualTo(4_294_967_000L + 22_500 - (1L << 32));
    }

    @Test
    void childThatWentIsAnotherOneWhenTheRecordingBeginsAgain() {
        ProcessTree first = replay.processes(100 * MILLI, Depth.QUICK);
        ProcessTree between = replay.processes(700 * MILLI, Depth.QUICK);
        ProcessTree again = replay.processes(1100 * MILLI, Depth.QUICK);
        assertThat(between.holds(Made.CHILD)).isFalse();
        assertThat(again.processes().getLast().stat().pid()).isEqualTo(Made.CHILD);
        assertThat(again.processes()
                        .getLast()
                        .stat()
                        .sameProcess(first.processes().getLast().stat()))
                .isFalse();
        assertThat(again.root().stat().sameProcess(first.root().stat())).isTrue();
        assertThat(again.processes().getLast().stat().cpuTicks()).isEqualTo(10);
    }

    @Test
    void mappingsAreThoseOfTheLastSampleAndOnlyForADeepLook() {
        assertThat(root(250).mappings().found()).isEmpty();
        ProcessTree deep = replay.processes(250 * MILLI, Depth.WITH_MAPPINGS);
        assertThat(deep.root().mappings().found().orElseThrow().getFirst().resident())
                .isEqualTo(5);
        assertThat(deep.processes().getLast().mappings().reason()).contains("recorded");
    }

    @Test
    void gpmIsTheAverageOfTheTimeAskedFor() {
        // busy from 0 to 200 ms, idle to 400 ms, and so on
        assertThat(sm(0, 200)).isEqualTo(80);
        assertThat(sm(250, 390)).isZero();
        assertThat(sm(100, 300)).isEqualTo(40);
        // the last window of a round and the first of the next are busy
        assertThat(sm(900, 1100)).isEqualTo(80);
        assertThat(sm(1250, 1390)).isZero();
    }

    private double sm(long from, long to) {
        return replay.gpm(from * MILLI, to * MILLI)
                .then(window -> window.smPercent())
                .found()
                .orElseThrow();
    }
}
