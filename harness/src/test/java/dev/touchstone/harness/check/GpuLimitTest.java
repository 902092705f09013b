package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Recorded.GB;
import static dev.touchstone.harness.check.Recorded.MB;
import static dev.touchstone.harness.check.Recorded.TENSORS;
import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;

import dev.touchstone.harness.evidence.DeviceReading.ProcessVram;
import dev.touchstone.harness.evidence.HostSamples;
import dev.touchstone.harness.evidence.Reading;
import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** VR-02 and VR-04 at the value where they turn, and which GPU they look at. */
class GpuLimitTest {
    private static final HostBudgets BUDGETS = HostBudgets.defaults();
    private static final ResidencyClaim CLAIM = new ResidencyClaim(Optional.of(true), OptionalLong.of(17 * GB));
    /** A hundredth of the tensors in every second of three. */
    private static final double HUNDREDTH = TENSORS / 100.0;

    private final Recorded host = new Recorded();

    private Verdict vr02(HostSamples decode, long tensors, int tokens) {
        return PcieTraffic.judge(CLAIM, model(tensors), decode, tokens, BUDGETS);
    }

    private Verdict vr04(long tensors, int tokens) {
        return GpuWork.judge(CLAIM, model(tensors), host.seconds(3), tokens, BUDGETS);
    }

    private static ModelFacts model(long bytes) {
        return new ModelFacts(OptionalLong.of(bytes), Optional.empty());
    }

    @Test
    void pcieTurnsAtAHundredthOfTheModel() {
        host.receivedPerSecond = HUNDREDTH;
        inconclusive(
                vr02(host.seconds(3), TENSORS, 3),
                "152.6 MiB received per token over 3 tokens, 152.6 MiB/s by GPM",
                "cannot be told");
        host.receivedPerSecond = HUNDREDTH + 1000;
        broken(vr02(host.seconds(3), TENSORS, 3), "VR-02", "less than 152.6 MiB a token");
        host.receivedPerSecond = HUNDREDTH - 1000;
        held(vr02(host.seconds(3), TENSORS, 3), "under 1% of 14.9 GiB tensor bytes");
    }

    @Test
    void pcieIsNotBlamedForWhatFlowsAnyway() {
        host.receivedPerSecond = 32e6;
        inconclusive(vr02(host.seconds(3), 100 * MB, 3), "no more than flows anyway");
        host.receivedPerSecond = 32e6 + 1000;
        broken(vr02(host.seconds(3), 100 * MB, 3), "VR-02", "less than 976.6 KiB a token");
    }

    @Test
    void oneTokenIsEnough() {
        held(vr02(host.seconds(3), TENSORS, 1), "8.6 MiB received per token over 1 tokens");
        host.cores = 0;
        held(GpuWork.judge(CLAIM, model(TENSORS), host.seconds(1), 1, BUDGETS), "in each of 1 seconds");
    }

    @Test
    void gpmAloneMustHaveLookedAtFourFifths() {
        host.pcieCounter = false;
        held(vr02(host.seconds(3), TENSORS, 300), "29.3 KiB received per token", "2.9 MiB/s by GPM");
        host.stepMillis = 30;
        held(vr02(host.between(0, 150), TENSORS, 15), "29.3 KiB received per token", "by GPM");
        inconclusive(vr02(host.between(0, 180), TENSORS, 15), "23.4 KiB received per token", "there is no GPM to tell");
    }

    @Test
    void gpmOfATimeBeforeTheDecodeDoesNotCount() {
        host.pcieCounter = false;
        held(vr02(host.between(0, 120), TENSORS, 9), "by GPM");
        inconclusive(vr02(host.between(80, 240), TENSORS, 9), "there is no GPM to tell");
    }

    @Test
    void twoReadingsOfTheCounterAreEnough() {
        host.gpm = false;
        held(vr02(host.between(0, 40), TENSORS, 4), "29.3 KiB received per token", "by the PCIe counter");
        host.pcieCounter = false;
        inconclusive(vr02(host.between(0, 40), TENSORS, 4), "field 198: not supported");
        inconclusive(vr02(host.unseen(), TENSORS, 4), "the host was not looked at");
    }

    @Test
    void idleIsUpToATwentiethOfAPercent() {
        host.smAtMillis = _ -> 0.05;
        broken(vr04(TENSORS, 300), "VR-04", "SM utilisation above zero");
        host.smAtMillis = _ -> 0.06;
        host.dramAtMillis = _ -> 0.05;
        broken(vr04(TENSORS, 300), "VR-04", "DRAM utilisation above zero");
        inconclusive(vr04(50 * MB, 300), "DRAM was idle");
        host.dramAtMillis = _ -> 0.06;
        held(vr04(TENSORS, 300), "SM at least 0.1%, DRAM at least 0.1%");
    }

    @Test
    void dramOfAModelThatFitsTheCacheMayRest() {
        host.dramAtMillis = _ -> 0;
        inconclusive(vr04(128L << 20, 300), "a model of up to 128.0 MiB may be read from the GPU's cache");
        broken(vr04((128L << 20) + 1, 300), "VR-04", "DRAM utilisation above zero");
    }

    @Test
    void readingIsOfTheMiddleOfItsWindow() {
        // the window from 1920 to 2040 ms is the only one of the second second in which anything is computed
        host.smAtMillis = millis -> millis > 1000 && millis < 2040 ? 0 : 97;
        held(vr04(TENSORS, 300), "SM at least 97.0%");
    }

    @Test
    void cpuMayKeepTwoCoresBusy() {
        host.cores = 2;
        held(vr04(TENSORS, 30), "CPU time 200.00 ms per token over 30 tokens of 100.00 ms");
        host.cores = 2.01;
        broken(vr04(TENSORS, 30), "VR-04", "or 2.0 cores", "CPU time 200.67 ms");
    }

    @Test
    void saysWhyUtilisationIsNotKnown() {
        host.gpm = false;
        host.unreadableUtilization = "not supported by this device";
        inconclusive(vr04(TENSORS, 300), "in second 2 of the decode: not supported");
    }

    @Test
    void looksAtTheGpuThatHoldsMostOfTheProcess() {
        host.secondGpu = true;
        host.listed = List.of(new ProcessVram(Recorded.PID, Reading.of(MB)));
        host.listedOnSecond = List.of(new ProcessVram(Recorded.PID, Reading.of(18 * GB)));
        broken(vr04(TENSORS, 300), "VR-04", "SM utilisation above zero", "in second 2");
        host.listed = List.of(new ProcessVram(999, Reading.of(20 * GB)));
        broken(vr04(TENSORS, 300), "VR-04", "SM utilisation above zero", "in second 2");
    }

    @Test
    void countsAsOthersAllButTheProcess() {
        var foreign = new ProcessVram(999, Reading.of(GB));
        var own = new ProcessVram(Recorded.PID, Reading.of(GB));
        host.listed = List.of(foreign);
        inconclusive(vr04(TENSORS, 300), "another process uses the same GPU");
        host.listed = List.of(own, foreign, foreign);
        inconclusive(vr04(TENSORS, 300), "2 other processes use the same GPU");
        host.initialPidNamespace = false;
        inconclusive(vr04(TENSORS, 300), "2 other processes use the same GPU");
        host.listed = List.of(foreign, foreign);
        inconclusive(vr04(TENSORS, 300), "another process uses the same GPU");
        host.listed = List.of(foreign);
        held(vr04(TENSORS, 300), "SM at least 97.0%");
        host.listed = List.of();
        held(vr04(TENSORS, 300), "SM at least 97.0%");
    }
}
