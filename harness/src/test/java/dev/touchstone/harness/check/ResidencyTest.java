package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Recorded.GB;
import static dev.touchstone.harness.check.Recorded.MB;
import static dev.touchstone.harness.check.Recorded.TENSORS;
import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.evidence.DeviceReading.ProcessVram;
import dev.touchstone.harness.evidence.FileMapping;
import dev.touchstone.harness.evidence.HostSamples;
import dev.touchstone.harness.evidence.Reading;
import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The teeth of VR-01, VR-03 and VR-05, on recorded evidence. */
class ResidencyTest {
    private static final HostBudgets BUDGETS = HostBudgets.defaults();
    private static final ModelFacts MODEL = new ModelFacts(OptionalLong.of(TENSORS), Optional.of("/models/llama.bin"));
    private static final ResidencyClaim CLAIM = claim(17 * GB + 600 * MB);

    private final Recorded host = new Recorded();

    private static ResidencyClaim claim(long vram) {
        return new ResidencyClaim(Optional.of(true), OptionalLong.of(vram));
    }

    private static ModelFacts model(long bytes) {
        return new ModelFacts(OptionalLong.of(bytes), Optional.empty());
    }

    private static Verdict vr01(ResidencyClaim claim, ModelFacts model, HostSamples loaded) {
        return VramHeld.judge(claim, model, Optional.empty(), loaded, BUDGETS);
    }

    private Verdict vr03(ModelFacts model) {
        return HostCopies.judge(CLAIM, model, host.once(), BUDGETS);
    }

    @Test
    void readsTheClaimFromHealth() {
        assertThat(ResidencyClaim.of(Literal.answer(200, "{\"resident\":true,\"vram_bytes_used\":123}")))
                .isEqualTo(claim(123));
        assertThat(ResidencyClaim.of(Literal.answer(200, "{\"resident\":\"yes\",\"vram_bytes_used\":-1}")))
                .isEqualTo(new ResidencyClaim(Optional.empty(), OptionalLong.empty()));
    }

    @Test
    void workerThatSaysItIsNotResidentIsUnsupported() {
        var claim = new ResidencyClaim(Optional.of(false), OptionalLong.of(0));
        HostSamples idle = host.seconds(2);
        List<Verdict> all = List.of(
                vr01(claim, MODEL, idle),
                PcieTraffic.judge(claim, MODEL, idle, 9, BUDGETS),
                HostCopies.judge(claim, MODEL, idle, BUDGETS),
                GpuWork.judge(claim, MODEL, idle, 9, BUDGETS),
                FlatVram.judge(claim, idle, idle, new FlatVram.Mix(100, 9, 9)),
                DiskReads.judge(claim, MODEL, idle, 20, BUDGETS));
        assertThat(all).allSatisfy(v -> assertThat(v).isInstanceOf(Verdict.Unsupported.class));
        assertThat(all).extracting(Verdict::rule).containsExactly("VR-01", "VR-02", "VR-03", "VR-04", "VR-05", "VR-08");
    }

    @Test
    void acceptsAModelInGpuMemory() {
        held(vr01(CLAIM, MODEL, host.once()), "NVML's memory of the process is 16.8 GiB", "14.9 GiB of tensors");
    }

    @Test
    void catchesAClaimOfGpuMemoryThatIsComputedOnTheCpu() {
        host.listed = List.of(new ProcessVram(999, Reading.of(GB)));
        broken(vr01(CLAIM, MODEL, host.once()), "VR-01", "at least the model's 14.9 GiB", "is 0 bytes");
        host.listed = List.of(new ProcessVram(Recorded.PID, Reading.of(500 * MB)));
        broken(vr01(CLAIM, MODEL, host.once()), "VR-01", "at least the model's 14.9 GiB", "is 476.8 MiB");
    }

    @Test
    void catchesAnInflatedAndAConstantNumber() {
        broken(vr01(claim(20 * GB), MODEL, host.once()), "VR-01", "within 10%", "it was 20000000000");
        broken(vr01(claim(1_234_567), MODEL, host.once()), "VR-01", "within 10%", "it was 1234567");
    }

    @Test
    void takesTheDevicesGrowthWhereTheProcessIsNotListed() {
        var before = new Recorded();
        before.used = 4 * MB;
        host.initialPidNamespace = false;
        host.listed = List.of(new ProcessVram(40_123, Reading.of(18 * GB)));
        Optional<HostSamples> empty = Optional.of(before.once());
        held(VramHeld.judge(CLAIM, MODEL, empty, host.once(), BUDGETS), "grew by since before the start is 16.8 GiB");
        host.listed = List.of();
        held(VramHeld.judge(CLAIM, MODEL, empty, host.once(), BUDGETS), "grew by since before the start");
        inconclusive(vr01(CLAIM, MODEL, host.once()), "does not list the process");
        host.used = 600 * MB;
        broken(VramHeld.judge(CLAIM, MODEL, empty, host.once(), BUDGETS), "VR-01", "at least the model's 14.9 GiB");
        broken(vr01(CLAIM, MODEL, host.once()), "VR-01", "all that is in use on the GPU is 572.2 MiB");
        host.listed = List.of(new ProcessVram(1, Reading.of(GB)), new ProcessVram(2, Reading.of(GB)));
        inconclusive(VramHeld.judge(CLAIM, MODEL, empty, host.once(), BUDGETS), "another process uses the same GPU");
    }

    @Test
    void driverThatDoesNotTellTheMemoryOfAProcessIsNotTheWorkersFault() {
        host.listed = List.of(new ProcessVram(Recorded.PID, Reading.none("not available")));
        inconclusive(vr01(CLAIM, MODEL, host.once()), "does not list the process");
    }

    @Test
    void saysWhatCannotBeToldOfTheGpuMemory() {
        inconclusive(vr01(CLAIM, ModelFacts.unknown(), host.once()), "--model-bytes");
        inconclusive(vr01(new ResidencyClaim(Optional.of(true), OptionalLong.empty()), MODEL, host.once()), "names no");
        host.listed = List.of(new ProcessVram(Recorded.PID, Reading.of(600 * MB)));
        inconclusive(
                vr01(claim(90 * MB), model(80 * MB), host.once()), "the driver's own context may be the difference");
        inconclusive(
                vr01(claim(590 * MB), model(80 * MB), host.once()), "cannot be told from the driver's own context");
        host.unreadableGpu = "there is no NVIDIA driver here";
        inconclusive(vr01(CLAIM, MODEL, host.once()), "there is no NVIDIA driver here");
        inconclusive(vr01(CLAIM, MODEL, host.unseen()), "not looked at");
    }

    @Test
    void acceptsAHostWithoutACopyOfTheModel() {
        held(vr03(MODEL), "877.4 MiB resident without files", "no weights mapped");
        host.mappings.add(new FileMapping("/models/llama.bin", TENSORS, 0, 0));
        held(vr03(MODEL), "no weights mapped");
    }

    @Test
    void catchesWeightsKeptOnTheHeap() {
        host.anonymous = TENSORS;
        broken(vr03(MODEL), "VR-03", "under 8.5 GiB", "it was 14.9 GiB: anonymous 14.9 GiB");
    }

    @Test
    void catchesWeightsInPinnedAndInHugeHostMemory() {
        host.shared = TENSORS;
        broken(vr03(MODEL), "VR-03", "shared 14.9 GiB");
        host.shared = 0;
        host.pinned = TENSORS;
        broken(vr03(MODEL), "VR-03", "pinned 14.9 GiB");
    }

    @Test
    void catchesAMappingThatIsKeptHot() {
        host.mappings.add(new FileMapping("/models/llama.bin", TENSORS, 4 * MB, 0));
        broken(vr03(MODEL), "VR-03", "no file mapping of the model", "3.8 MiB of /models/llama.bin");
        host.mappings.set(1, new FileMapping("/other/name.gguf (deleted)", TENSORS, TENSORS, 0));
        broken(vr03(ModelFacts.unknown()), "VR-03", "no file mapping of the model", "/other/name.gguf");
    }

    @Test
    void catchesLayersThatWereOffloadedToTheHost() {
        host.anonymous = 10 * GB;
        broken(vr03(MODEL), "VR-03", "it was 9.3 GiB");
        broken(HostCopies.judge(CLAIM, ModelFacts.unknown(), host.once(), BUDGETS), "VR-03", "vram_bytes_used");
    }

    @Test
    void pagesThatProcessesShareCountOnce() {
        host.anonymous = 5 * GB;
        host.children.add(Recorded.child(322, 5 * GB, 100 * MB));
        held(vr03(MODEL), "no weights mapped");
        host.children.add(Recorded.child(323, 5 * GB, 5 * GB));
        broken(vr03(MODEL), "VR-03", "it was 9.");
    }

    @Test
    void saysWhatCannotBeToldOfTheHostsMemory() {
        inconclusive(vr03(model(600 * MB)), "a base of 1.0 GiB would hide a copy");
        inconclusive(vr03(ModelFacts.unknown()), "would hide a copy");
        host.anonymous = 100 * MB;
        held(vr03(model(600 * MB)), "114.4 MiB");
        host.unreadableMappings = "/proc/321/smaps may not be read by this user";
        inconclusive(vr03(MODEL), "may not be read");
        host.unreadableProcess = "there is no process 321";
        inconclusive(vr03(MODEL), "there is no process 321");
    }

    @Test
    void acceptsAFlatLevelAndCatchesACacheThatLeaksOnCancel() {
        var mix = new FlatVram.Mix(100, 30, 10);
        var after = new Recorded();
        after.listed = List.of(new ProcessVram(Recorded.PID, Reading.of(18 * GB + 100 * MB)));
        held(FlatVram.judge(CLAIM, host.once(), after.once(), mix), "after 100 requests with 30 cancels");
        after.listed = List.of(new ProcessVram(Recorded.PID, Reading.of(18 * GB + 30 * 8 * MB)));
        broken(FlatVram.judge(CLAIM, host.once(), after.once(), mix), "VR-05", "within 1%", "17.0 GiB after 100");
        inconclusive(FlatVram.judge(CLAIM, host.once(), host.once(), new FlatVram.Mix(99, 30, 10)), "100 requests");
        inconclusive(FlatVram.judge(CLAIM, host.once(), host.once(), new FlatVram.Mix(100, 0, 10)), "cancels");
    }

    @Test
    void blamesNobodyForWhatOthersDoOnTheSameGpu() {
        var mix = new FlatVram.Mix(100, 30, 10);
        host.initialPidNamespace = false;
        host.listed = List.of(new ProcessVram(1, Reading.of(GB)), new ProcessVram(2, Reading.of(GB)));
        HostSamples warm = host.once();
        host.used += GB;
        inconclusive(FlatVram.judge(CLAIM, warm, host.once(), mix), "another process");
        host.listed = List.of();
        broken(FlatVram.judge(CLAIM, warm(), host.once(), mix), "VR-05", "the memory in use on the GPU");
        host.unreadableGpu = "NVML shows no GPU here";
        inconclusive(FlatVram.judge(CLAIM, warm, host.once(), mix), "NVML shows no GPU here");
    }

    private static HostSamples warm() {
        var warm = new Recorded();
        warm.initialPidNamespace = false;
        warm.listed = List.of();
        return warm.once();
    }
}
