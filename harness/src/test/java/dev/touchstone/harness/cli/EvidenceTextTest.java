package dev.touchstone.harness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.evidence.DeviceReading;
import dev.touchstone.harness.evidence.DeviceReading.DeviceMemory;
import dev.touchstone.harness.evidence.DeviceReading.GpmReading;
import dev.touchstone.harness.evidence.DeviceReading.GpuUtilization;
import dev.touchstone.harness.evidence.DeviceReading.PcieCounters;
import dev.touchstone.harness.evidence.DeviceReading.ProcessVram;
import dev.touchstone.harness.evidence.HostFacts;
import dev.touchstone.harness.evidence.HostSample;
import dev.touchstone.harness.evidence.HostSamples;
import dev.touchstone.harness.evidence.Reading;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What people read of a GPU, on made-up samples. */
class EvidenceTextTest {

    private static HostSample sample(long millis, long received, Reading<GpmReading> gpm) {
        var device = new DeviceReading(
                "0",
                "NVIDIA H100",
                "GPU-1",
                Reading.of(new DeviceMemory(80L << 30, 78L << 30, 2L << 30)),
                Reading.of(
                        List.of(new ProcessVram(7, Reading.of(2L << 30)), new ProcessVram(8, Reading.none("hidden")))),
                Reading.of(new GpuUtilization(99, 41)),
                Reading.of(new PcieCounters(0, received)),
                gpm);
        return new HostSample(millis * 1_000_000, Reading.of(List.of(device)), Reading.none("there is no process 7"));
    }

    private static List<String> text(HostSample... samples) {
        var facts = new HostFacts("box", Reading.of("580.65"), Reading.of(false));
        return EvidenceText.of(new HostSamples(facts, 7, Instant.EPOCH, List.of(samples)));
    }

    @Test
    void showsWhatTheGpuTells() {
        var gpm = new GpmReading(
                120_000_000,
                Reading.of(90.0),
                Reading.of(45.5),
                Reading.of(1048576.0),
                Reading.none("GPM metric 21: no"));
        assertThat(text(sample(0, (1L << 32) - 10, Reading.none("two are needed")), sample(50, 2038, Reading.of(gpm))))
                .contains(
                        "  driver         580.65",
                        "  process ids    of a container: NVML may list others",
                        "GPU 0  NVIDIA H100  GPU-1",
                        "  memory         2.0 GiB used of 80.0 GiB",
                        "  processes      7: 2.0 GiB, 8: -",
                        "  busy           kernels in 99%, memory in 41% of the last period",
                        "  GPM SM         90.00% on average, 90.00% to 90.00% in 1 windows",
                        "  GPM PCIe in    -",
                        "  PCIe in        2.0 KiB, 40.0 KiB/s by the counter",
                        "cannot be told: hidden.",
                        "cannot be told: GPM metric 21: no.",
                        "cannot be told: there is no process 7.");
    }

    @Test
    void saysWhereTheCounterMayHaveGoneRound() {
        assertThat(text(sample(0, 0, Reading.none("no GPM")), sample(500, 1024, Reading.none("no GPM"))))
                .contains("  PCIe in        1.0 KiB, 2.0 KiB/s by the counter, or more: some looks were far apart")
                .contains("cannot be told: no GPM.");
    }

    @Test
    void nothingLookedAtIsSaid() {
        assertThat(text()).containsExactly("no look was taken");
    }
}
