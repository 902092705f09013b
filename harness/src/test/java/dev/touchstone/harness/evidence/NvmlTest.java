package dev.touchstone.harness.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.evidence.DeviceReading.DeviceMemory;
import dev.touchstone.harness.evidence.DeviceReading.GpmReading;
import dev.touchstone.harness.evidence.DeviceReading.GpuUtilization;
import dev.touchstone.harness.evidence.DeviceReading.PcieCounters;
import dev.touchstone.harness.evidence.DeviceReading.ProcessVram;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** NVML through real function pointers, with structures at the offsets of nvml.h. */
class NvmlTest {
    private static final String UNTOLD = "the driver does not tell the memory of this process";

    private final Arena arena = Arena.ofShared();
    private final FakeNvml fake = FakeNvml.withAllFunctions(arena);
    private long nanos;

    @AfterEach
    void release() {
        arena.close();
    }

    private Nvml open() {
        return Nvml.open(Reading.of(new NvmlLibrary(fake)), () -> nanos).found().orElseThrow();
    }

    private static DeviceReading only(Nvml nvml) {
        return nvml.read().getFirst();
    }

    @Test
    void readsEveryStructureAtItsOffsets() {
        Nvml nvml = open();
        DeviceReading device = only(nvml);
        assertThat(nvml.driver()).isEqualTo(Reading.of("580.65.06"));
        assertThat(device.index()).isEqualTo("0");
        assertThat(device.name()).isEqualTo("NVIDIA H100 80GB HBM3");
        assertThat(device.uuid()).isEqualTo("GPU-7f3a");
        assertThat(device.memory())
                .isEqualTo(Reading.of(new DeviceMemory(85_520_809_984L, 80_000_000_000L, 4_920_809_984L)));
        assertThat(device.utilization()).isEqualTo(Reading.of(new GpuUtilization(99, 41)));
        assertThat(device.pcie()).isEqualTo(Reading.of(new PcieCounters(77, 4_294_967_000L)));
        assertThat(device.processes())
                .isEqualTo(Reading.of(List.of(
                        new ProcessVram(1000, Reading.of(2_000_000_000L)),
                        new ProcessVram(1001, Reading.none(UNTOLD)))));
        nvml.close();
        assertThat(fake.called).contains("init", "shutdown");
    }

    @Test
    void asksAgainWithMoreRoomWhereProcessesDoNotFit() {
        fake.processes = 40;
        Nvml nvml = open();
        assertThat(only(nvml).processes().found().orElseThrow()).hasSize(40);
        assertThat(fake.called).contains("list with room for 16", "list with room for 56");
        nvml.close();
    }

    @Test
    void noticesTheLongerEntriesOfSomeDrivers() {
        fake.processBytes = 32;
        fake.processes = 3;
        Nvml nvml = open();
        assertThat(only(nvml).processes().found().orElseThrow())
                .extracting(ProcessVram::pid)
                .containsExactly(1000L, 1001L, 1002L);
        nvml.close();
    }

    @Test
    void fallsBackToTheOldestFunctions() {
        fake.without("nvmlDeviceGetComputeRunningProcesses_v3", "nvmlDeviceGetMemoryInfo_v2", "nvmlDeviceGetMigMode");
        Nvml nvml = open();
        DeviceReading device = only(nvml);
        assertThat(device.memory()).isEqualTo(Reading.of(new DeviceMemory(1000, 600, 400)));
        assertThat(device.processes())
                .isEqualTo(Reading.of(
                        List.of(new ProcessVram(70, Reading.of(5_000L)), new ProcessVram(71, Reading.of(5_001L)))));
        nvml.close();
    }

    @Test
    void averagesBetweenTwoGpmSamplesThatAreFarEnoughApart() {
        Nvml nvml = open();
        assertThat(only(nvml).gpm().reason()).contains("two are needed");
        nanos = Duration.ofMillis(50).toNanos();
        assertThat(only(nvml).gpm().reason()).contains("too soon");
        nanos = Duration.ofMillis(150).toNanos();
        assertThat(only(nvml).gpm())
                .isEqualTo(Reading.of(new GpmReading(
                        150_000_000,
                        Reading.of(87.5),
                        Reading.of(42.25),
                        Reading.of(1.5 * 1024 * 1024),
                        Reading.of(3.0 * 1024 * 1024))));
        nanos = Duration.ofMillis(300).toNanos();
        only(nvml);
        assertThat(fake.called).containsSubsequence("metrics 9010 to 9000", "metrics 9000 to 9010");
        nvml.close();
        assertThat(fake.called).contains("free 9000", "free 9010");
    }

    @Test
    void metricThatIsNoNumberIsNotEvidence() {
        fake.smPercent = Double.NaN;
        Nvml nvml = open();
        only(nvml);
        nanos = Duration.ofMillis(200).toNanos();
        GpmReading gpm = only(nvml).gpm().found().orElseThrow();
        assertThat(gpm.smPercent().reason()).isEqualTo("GPM metric 2 came as NaN");
        assertThat(gpm.dramPercent()).isEqualTo(Reading.of(42.25));
        nvml.close();
    }

    @Test
    void gpuWithoutGpmSaysSo() {
        fake.gpmSupported = false;
        Nvml nvml = open();
        assertThat(only(nvml).gpm().reason()).contains("no GPM counters");
        nvml.close();
        assertThat(fake.called).noneMatch(c -> c.startsWith("free"));
    }

    @Test
    void splitGpuShowsAsItsMigDevices() {
        fake.split = true;
        Nvml nvml = open();
        DeviceReading part = only(nvml);
        assertThat(nvml.read()).hasSize(1);
        assertThat(part.index()).isEqualTo("0:1");
        assertThat(part.uuid()).isEqualTo("MIG-0b5c");
        assertThat(part.utilization().reason()).contains("utilisation of GPU 0:1", "not supported");
        assertThat(part.pcie().found()).isPresent();
        assertThat(fake.instanceOfLastSample).isEqualTo(9);
        nvml.close();
    }

    @Test
    void driverThatIsNotLoadedIsAnAnswer() {
        fake.initStatus = 9;
        Reading<Nvml> opened = Nvml.open(Reading.of(new NvmlLibrary(fake)), () -> nanos);
        assertThat(opened.reason()).isEqualTo("NVML could not be initialised: the NVIDIA driver is not loaded");
    }

    @Test
    void functionsThatAreMissingAreAnswers() {
        fake.without("nvmlDeviceGetFieldValues", "nvmlGpmQueryDeviceSupport", "nvmlDeviceGetUtilizationRates");
        Nvml nvml = open();
        DeviceReading device = only(nvml);
        assertThat(device.pcie().reason()).contains("this driver does not have the function");
        assertThat(device.gpm().found()).isEmpty();
        assertThat(device.utilization().found()).isEmpty();
        nvml.close();
    }
}
