package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Recorded.GB;
import static dev.touchstone.harness.check.Recorded.MB;
import static dev.touchstone.harness.check.Recorded.TENSORS;
import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;

import dev.touchstone.harness.evidence.DeviceReading.ProcessVram;
import dev.touchstone.harness.evidence.HostSample;
import dev.touchstone.harness.evidence.HostSamples;
import dev.touchstone.harness.evidence.Reading;
import dev.touchstone.harness.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The teeth of VR-02, VR-04, VR-06, VR-08 and LI-05, on recorded evidence. */
class GpuWorkTest {
    private static final HostBudgets BUDGETS = HostBudgets.defaults();
    private static final ModelFacts MODEL = new ModelFacts(OptionalLong.of(TENSORS), Optional.empty());
    private static final ResidencyClaim CLAIM = new ResidencyClaim(Optional.of(true), OptionalLong.of(17 * GB));

    private final Recorded host = new Recorded();

    private Verdict vr02(int tokens) {
        return PcieTraffic.judge(CLAIM, MODEL, host.seconds(3), tokens, BUDGETS);
    }

    private Verdict vr04(int tokens) {
        return GpuWork.judge(CLAIM, MODEL, host.seconds(3), tokens, BUDGETS);
    }

    private Verdict vr08() {
        return DiskReads.judge(CLAIM, MODEL, host.seconds(4), 20, BUDGETS);
    }

    private static ModelFacts model(long bytes) {
        return new ModelFacts(OptionalLong.of(bytes), Optional.empty());
    }

    @Test
    void acceptsADecodeThatHardlyUsesPcie() {
        held(vr02(300), "29.3 KiB received per token over 300 tokens", "under 1% of 14.9 GiB");
        host.gpm = false;
        held(vr02(300), "by the PCIe counter");
        host.pcieCounter = false;
        host.gpm = true;
        held(vr02(300), "by GPM");
    }

    @Test
    void catchesZeroCopyWeightsInPinnedMemory() {
        host.receivedPerSecond = 25.0 * GB;
        host.dramAtMillis = _ -> 0.1;
        broken(vr02(5), "VR-02", "less than 152.6 MiB a token", "GiB received per token");
        host.gpm = false;
        broken(vr02(5), "VR-02", "by the PCIe counter");
    }

    @Test
    void catchesLayersThatAreCopiedForEveryStep() {
        host.receivedPerSecond = 50.0 * GB;
        host.dramAtMillis = _ -> 4;
        broken(vr02(9), "VR-02", "46.6 GiB/s");
    }

    @Test
    void catchesOneLayerInEightyCopiedForEveryStep() {
        host.receivedPerSecond = TENSORS / 80.0 * 50;
        broken(vr02(150), "VR-02", "190.7 MiB received per token");
    }

    @Test
    void doesNotTrustACounterThatMayHaveGoneRound() {
        host.gpm = false;
        host.stepMillis = 200;
        inconclusive(vr02(300), "may have gone round");
    }

    @Test
    void doesNotBlameForWhatOthersMove() {
        host.receivedPerSecond = 25.0 * GB;
        host.listed = List.of(new ProcessVram(Recorded.PID, Reading.of(18 * GB)), new ProcessVram(999, Reading.of(GB)));
        inconclusive(vr02(300), "another process uses the same GPU");
        host.listed = List.of(new ProcessVram(Recorded.PID, Reading.of(18 * GB)));
        host.index = "0:1";
        inconclusive(vr02(300), "a part by MIG");
    }

    @Test
    void workOfOthersOnTheGpuIsNoEvidenceForTheWorker() {
        host.listed = List.of(new ProcessVram(Recorded.PID, Reading.of(18 * GB)), new ProcessVram(999, Reading.of(GB)));
        inconclusive(vr04(300), "its work may be theirs");
        host.smAtMillis = _ -> 0;
        broken(vr04(300), "VR-04", "SM utilisation above zero");
    }

    @Test
    void saysWhatCannotBeToldOfPcie() {
        inconclusive(PcieTraffic.judge(CLAIM, model(2 * MB), host.seconds(3), 300, BUDGETS), "so small a model");
        inconclusive(vr02(0), "no token");
        inconclusive(PcieTraffic.judge(CLAIM, MODEL, host.once(), 300, BUDGETS), "two looks");
        var claimless = new ResidencyClaim(Optional.empty(), OptionalLong.empty());
        inconclusive(
                PcieTraffic.judge(claimless, ModelFacts.unknown(), host.seconds(1), 9, BUDGETS), "size of the model");
        held(PcieTraffic.judge(CLAIM, ModelFacts.unknown(), host.seconds(3), 300, BUDGETS), "a tenth of health's");
        host.receivedPerSecond = 5.0 * GB;
        inconclusive(PcieTraffic.judge(CLAIM, ModelFacts.unknown(), host.seconds(3), 100, BUDGETS), "cannot be told");
        host.listed = List.of();
        host.secondGpu = true;
        inconclusive(vr02(300), "there are 2 GPUs");
        host.unreadableGpu = "no driver";
        inconclusive(vr02(300), "no driver");
    }

    @Test
    void findsTheGpuOfTheProcessAmongSeveral() {
        host.secondGpu = true;
        held(vr02(300), "29.3 KiB");
        held(vr04(300), "SM at least 97.0%");
    }

    @Test
    void acceptsAGpuThatIsBusyInEverySecond() {
        held(vr04(300), "GPM: SM at least 97.0%, DRAM at least 89.0% in each of 3 seconds", "CPU time 10.00 ms");
        host.gpm = false;
        held(vr04(300), "NVML: SM at least 97.0%", "each of 2 seconds");
    }

    @Test
    void catchesACpuFallbackBehindAResidentModel() {
        host.smAtMillis = _ -> 0;
        host.dramAtMillis = _ -> 0;
        broken(vr04(30), "VR-04", "SM utilisation above zero", "0.00% in second 1");
        host.gpm = false;
        broken(vr04(30), "VR-04", "SM utilisation above zero", "in second 2");
    }

    @Test
    void catchesAGpuThatRestsForOneSecond() {
        host.smAtMillis = millis -> millis >= 1000 && millis < 2100 ? 0 : 97;
        broken(vr04(300), "VR-04", "0.00% in second 2");
    }

    @Test
    void catchesAGpuThatRestsForASecondThatBeginsInTheMiddleOfOne() {
        host.smAtMillis = millis -> millis >= 1400 && millis < 2700 ? 0 : 97;
        broken(
                vr04(300),
                "VR-04",
                "SM utilisation above zero in every second",
                "no SM did anything for 1320.0 ms, from 1.3 s to 2.6 s");
        host.smAtMillis = millis -> millis >= 1400 && millis < 2300 ? 0 : 97;
        held(vr04(300), "SM at least 97.0%");
    }

    @Test
    void catchesACpuThatComputesWhileTheGpuPretends() {
        host.cores = 16;
        broken(vr04(30), "VR-04", "CPU time within 20.0 ms per token", "CPU time 1600.00 ms");
    }

    @Test
    void childThatEndedTakesNothingOffTheCpuTime() {
        host.cores = 16;
        host.children.add(Recorded.child(322, MB, MB));
        HostSamples busy = host.seconds(3);
        host.children.clear();
        List<HostSample> samples = new ArrayList<>(busy.samples());
        samples.set(samples.size() - 1, host.seconds(3).samples().getLast());
        HostSamples decode = new HostSamples(busy.facts(), busy.pid(), busy.startedAt(), samples);
        broken(GpuWork.judge(CLAIM, MODEL, decode, 30, BUDGETS), "VR-04", "CPU time 1600.00 ms");
    }

    @Test
    void oneBusyThreadOfASlowModelIsNoFallback() {
        host.cores = 1.5;
        held(vr04(10), "CPU time 450.00 ms per token over 10 tokens of 300.00 ms");
    }

    @Test
    void saysWhatCannotBeToldOfTheGpusWork() {
        host.dramAtMillis = _ -> 0;
        inconclusive(GpuWork.judge(CLAIM, model(50 * MB), host.seconds(3), 300, BUDGETS), "cache");
        broken(vr04(300), "VR-04", "DRAM utilisation above zero");
        inconclusive(vr04(0), "0 tokens");
        inconclusive(GpuWork.judge(CLAIM, MODEL, host.once(), 3, BUDGETS), "one second");
        host.dramAtMillis = _ -> 89;
        host.gpm = false;
        inconclusive(GpuWork.judge(CLAIM, MODEL, host.seconds(1), 100, BUDGETS), "two seconds");
        host.unreadableProcess = "there is no process 321";
        inconclusive(vr04(300), "there is no process 321");
    }

    private static Verdict vr06(OptionalInt status, String log, boolean port) {
        return VramRefusal.judge(
                new VramRefusal.Start(
                        status, log, port, "/models/llama-8b.gguf", Reading.of(3 * GB), List.of("NVIDIA H200")),
                MODEL);
    }

    private static final String LINE =
            "Not enough memory on GPU 0: the model /models/llama-8b.gguf needs 17179869184 bytes, 3000000000 are available.";

    @Test
    void acceptsARefusalThatNamesEverything() {
        held(vr06(OptionalInt.of(1), "starting\n" + LINE + "\n", false), "exit status 1");
        held(
                vr06(
                        OptionalInt.of(1),
                        "llama-8b: NVIDIA H200 has 2.8 GiB free of the 16 GiB for /models/llama-8b.gguf",
                        false),
                "names both amounts");
    }

    @Test
    void catchesAFallbackToTheCpu() {
        broken(vr06(OptionalInt.empty(), LINE, true), "VR-06", "exit status 1", "went on running");
        broken(vr06(OptionalInt.empty(), LINE, true), "VR-06", "no listening port");
    }

    @Test
    void catchesAWorkerThatStartsAndFailsLater() {
        broken(vr06(OptionalInt.of(1), LINE, true), "VR-06", "no listening port", "took a connection");
        broken(vr06(OptionalInt.of(139), LINE, false), "VR-06", "exit status 1", "it was 139");
    }

    @Test
    void catchesALineThatLeavesSomethingOut() {
        broken(
                vr06(OptionalInt.of(1), "CUDA out of memory", false),
                "VR-06",
                "lacks required bytes and available bytes and device and model path");
        broken(vr06(OptionalInt.of(1), LINE.replace("3000000000", "too few"), false), "VR-06", "lacks available bytes");
        broken(vr06(OptionalInt.of(1), LINE.replace("GPU 0", "the GPU"), false), "VR-06", "lacks device");
        broken(vr06(OptionalInt.of(1), LINE.replace("/models/", ""), false), "VR-06", "lacks model path");
        broken(vr06(OptionalInt.of(1), "", false), "VR-06", "of 0 lines");
    }

    @Test
    void gpuThatHadRoomTellsNothing() {
        var room = new VramRefusal.Start(OptionalInt.of(0), "", true, "/m", Reading.of(100 * GB), List.of());
        inconclusive(VramRefusal.judge(room, MODEL), "93.1 GiB free");
        var blind = new VramRefusal.Start(OptionalInt.of(0), "", true, "/m", Reading.none("no driver"), List.of());
        inconclusive(VramRefusal.judge(blind, MODEL), "no driver");
        inconclusive(VramRefusal.judge(room, ModelFacts.unknown()), "may be enough");
    }

    @Test
    void doesNotJudgeAMadeUpModelThatIsRefusedForAnotherReason() {
        inconclusive(
                VramRefusal.judgeMadeUp(madeUp(1, "/m: the tokenizer 'x' is not known.", false), MODEL),
                "for another reason",
                "the tokenizer 'x'");
        String named = "chose NVIDIA H100 80GB HBM3\n/m: heads of 1024 are not supported.";
        inconclusive(VramRefusal.judgeMadeUp(madeUp(1, named, false), MODEL), "heads of 1024");
        broken(
                VramRefusal.judgeMadeUp(madeUp(1, "/m: out of memory", false), MODEL),
                "VR-06",
                "one line that names required");
        broken(VramRefusal.judgeMadeUp(madeUp(0, "", true), MODEL), "VR-06", "no listening port");
    }

    private static VramRefusal.Start madeUp(int status, String log, boolean opened) {
        return new VramRefusal.Start(
                OptionalInt.of(status), log, opened, "/m", Reading.of(GB), List.of("NVIDIA H100 80GB HBM3"));
    }

    @Test
    void acceptsAWorkerThatReadsNothingBack() {
        held(vr08(), "0 bytes from the disk and 78.1 KiB by read calls during 20 generations");
    }

    @Test
    void catchesAModelThatIsReloadedForEveryRequest() {
        host.readCallsPerSecond = 5 * TENSORS;
        broken(vr08(), "VR-08", "by read calls, from the page cache too", "298.0 GiB");
        host.readCallsPerSecond = 20_000;
        host.restartAfterMillis = 1500;
        broken(vr08(), "VR-08", "the same process throughout", "process 321 (worker), started at tick 5000, was gone");
    }

    @Test
    void catchesARunnerThatIsReplacedBehindTheServer() {
        var before = new Recorded();
        before.children.add(Recorded.child(322, MB, MB));
        before.listed = List.of(new ProcessVram(322, Reading.of(18 * GB)));
        var after = new Recorded();
        after.children.add(Recorded.child(400, MB, MB));
        after.listed = List.of(new ProcessVram(400, Reading.of(18 * GB)));
        var first = before.once();
        var both = new HostSamples(
                first.facts(),
                first.pid(),
                first.startedAt(),
                List.of(first.samples().getFirst(), after.seconds(1).samples().getLast()));
        broken(DiskReads.judge(CLAIM, MODEL, both, 20, BUDGETS), "VR-08", "process 322 (runner)");
    }

    @Test
    void catchesAReplacedRunnerThatWasNotKnownAtTheFirstLook() {
        var unknown = new Recorded();
        unknown.listed = List.of(new ProcessVram(322, Reading.of(18 * GB)));
        var known = new Recorded();
        known.children.add(Recorded.child(322, MB, MB));
        known.listed = unknown.listed;
        HostSamples first = unknown.once();
        List<HostSample> samples = new ArrayList<>(first.samples());
        samples.add(known.seconds(1).samples().getLast());
        held(vr08(first, samples), "of one process");
        unknown.listed = List.of();
        samples.add(unknown.seconds(2).samples().getLast());
        broken(vr08(first, samples), "VR-08", "the same process throughout", "process 322 (runner)");
    }

    private static Verdict vr08(HostSamples host, List<HostSample> samples) {
        var during = new HostSamples(host.facts(), host.pid(), host.startedAt(), samples);
        return DiskReads.judge(CLAIM, MODEL, during, 20, BUDGETS);
    }

    @Test
    void catchesMappedWeightsThatArePagedInAgain() {
        host.diskPerSecond = 140 * MB;
        broken(vr08(), "VR-08", "less than 152.6 MiB read from the disk", "it was 534.1 MiB");
    }

    @Test
    void saysWhatCannotBeToldOfTheDisk() {
        inconclusive(DiskReads.judge(CLAIM, MODEL, host.seconds(4), 19, BUDGETS), "20 generations are needed");
        inconclusive(DiskReads.judge(CLAIM, model(5 * MB), host.seconds(4), 20, BUDGETS), "too near");
        inconclusive(DiskReads.judge(CLAIM, MODEL, host.once(), 20, BUDGETS), "two looks");
        host.unreadableProcess = "there is no process 321";
        inconclusive(vr08(), "there is no process 321");
    }

    private static FlatHostMemory.Mark mark(int jobs, long anonymous, long swapped) {
        var host = new Recorded();
        host.anonymous = anonymous;
        host.swapped = swapped;
        return new FlatHostMemory.Mark(jobs, host.seconds(1));
    }

    @Test
    void acceptsHostMemoryThatStaysFlat() {
        held(FlatHostMemory.judge(mark(100, 900 * MB, 0), mark(500, 930 * MB, 0)), "after job 100", "after job 500");
        held(FlatHostMemory.judge(mark(100, 900 * MB, 0), mark(500, 500 * MB, 0)), "after job 500");
    }

    @Test
    void catchesAFewKibibytesKeptForEveryToken() {
        long kept = 400L * 64 * 4 * 1024;
        broken(
                FlatHostMemory.judge(mark(100, 900 * MB, 0), mark(500, 900 * MB + kept, 0)),
                "LI-05",
                "less than 5%",
                "256.0 KiB a job");
        broken(FlatHostMemory.judge(mark(100, 900 * MB, 0), mark(500, 900 * MB, kept)), "LI-05", "less than 5%");
    }

    @Test
    void saysWhatCannotBeToldOfHostMemory() {
        inconclusive(FlatHostMemory.judge(mark(100, 900 * MB, 0), mark(499, 900 * MB, 0)), "400 jobs");
        inconclusive(FlatHostMemory.judge(mark(10, 500 * MB, 0), mark(500, 900 * MB, 0)), "after job 100");
        var replaced = new Recorded();
        replaced.startTicks = 9_999;
        inconclusive(
                FlatHostMemory.judge(mark(100, 900 * MB, 0), new FlatHostMemory.Mark(500, replaced.once())),
                "was replaced");
        var gone = new Recorded();
        gone.unreadableProcess = "there is no process 321";
        inconclusive(
                FlatHostMemory.judge(mark(100, 900 * MB, 0), new FlatHostMemory.Mark(500, gone.once())),
                "there is no process 321");
    }
}
