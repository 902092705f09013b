package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Recorded.GB;
import static dev.touchstone.harness.check.Recorded.MB;
import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.evidence.DeviceReading.ProcessVram;
import dev.touchstone.harness.evidence.HostSamples;
import dev.touchstone.harness.evidence.Reading;
import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** VR-01, VR-03 and VR-05 at the byte where they turn, and where less than all can be read. */
class ResidencyLimitTest {
    private static final long CONTEXT = 768L << 20;
    private static final long BASE = 1024L << 20;
    private static final HostBudgets BUDGETS = HostBudgets.defaults();
    private static final FlatVram.Mix MIX = new FlatVram.Mix(100, 1, 1);

    private final Recorded host = new Recorded();

    private static ResidencyClaim claim(long vram) {
        return new ResidencyClaim(Optional.of(true), OptionalLong.of(vram));
    }

    private static ModelFacts model(long bytes) {
        return new ModelFacts(OptionalLong.of(bytes), Optional.empty());
    }

    private static List<ProcessVram> worker(long bytes) {
        return List.of(new ProcessVram(Recorded.PID, Reading.of(bytes)));
    }

    private Verdict vr01(long claimed, long tensors, long held) {
        host.listed = worker(held);
        return VramHeld.judge(claim(claimed), model(tensors), Optional.empty(), host.once(), BUDGETS);
    }

    @Test
    void tensorsOfExactlyTheModelAreTheWholeModel() {
        held(vr01(16 * GB, 16 * GB, 16 * GB), "14.9 GiB");
        broken(vr01(16 * GB, 16 * GB, 16 * GB - 1), "VR-01", "at least the model's");
    }

    @Test
    void claimMayBeATenthAway() {
        held(vr01(11 * GB, 8 * GB, 10 * GB), "health says 10.2 GiB");
        broken(vr01(11 * GB + 1, 8 * GB, 10 * GB), "VR-01", "within 10%");
        held(vr01(9 * GB, 8 * GB, 10 * GB), "health says 8.4 GiB");
    }

    @Test
    void claimMayLeaveOutTheDriversContext() {
        long held = 4L << 30;
        inconclusive(vr01(held - CONTEXT, GB, held), "the driver's own context may be the difference");
        broken(vr01(held - CONTEXT - 1, GB, held), "VR-01", "within 10%");
        inconclusive(vr01(0, 80 * MB, 600 * MB), "health says 0 bytes, and the driver's own context");
    }

    @Test
    void smallModelIsToldFromTheDriversContextFromItsSizeOn() {
        held(vr01(CONTEXT, CONTEXT, CONTEXT), "768.0 MiB of tensors");
        inconclusive(vr01(CONTEXT - 1, CONTEXT - 1, CONTEXT), "cannot be told from the driver's own context");
        held(vr01(100 * MB + CONTEXT, 100 * MB, 100 * MB + CONTEXT), "95.4 MiB of tensors");
        inconclusive(
                vr01(100 * MB + CONTEXT - 1, 100 * MB, 100 * MB + CONTEXT - 1),
                "cannot be told from the driver's own context");
    }

    @Test
    void growthLeavesOutWhatWasThereBefore() {
        var before = new Recorded();
        before.used = 2 * GB;
        host.listed = List.of();
        host.used = 18 * GB;
        held(
                VramHeld.judge(claim(16 * GB), model(15 * GB), Optional.of(before.once()), host.once(), BUDGETS),
                "grew by since before the start is 14.9 GiB");
        before.secondGpu = true;
        inconclusive(
                VramHeld.judge(claim(16 * GB), model(15 * GB), Optional.of(before.once()), host.once(), BUDGETS),
                "the device was not looked at before the start");
        inconclusive(
                VramHeld.judge(claim(16 * GB), model(15 * GB), Optional.of(host.unseen()), host.once(), BUDGETS),
                "the device was not looked at before the start");
    }

    private Verdict ceiling(long claimed, ModelFacts model, long used) {
        host.listed = List.of();
        host.used = used;
        return VramHeld.judge(claim(claimed), model, Optional.empty(), host.once(), BUDGETS);
    }

    @Test
    void deviceTellsAtLeastHowMuchItCannotBe() {
        inconclusive(ceiling(11 * GB, model(10 * GB), 10 * GB), "does not list the process");
        broken(ceiling(GB, model(10 * GB + 1), 10 * GB), "VR-01", "at least the model's 9.3 GiB of tensors");
        broken(
                ceiling(11 * GB + 1, ModelFacts.unknown(), 10 * GB),
                "VR-01",
                "no more than the device's",
                "it was 11000000001");
        host.unreadableDeviceMemory = "the memory may not be read";
        inconclusive(ceiling(GB, model(GB), GB), "the memory may not be read");
    }

    @Test
    void onlyAListOfAllDevicesShowsThatAProcessIsOnNone() {
        host.secondGpu = true;
        host.listed = List.of(new ProcessVram(999, Reading.of(GB)));
        broken(
                VramHeld.judge(claim(GB), model(GB), Optional.empty(), host.once(), BUDGETS),
                "VR-01",
                "NVML's memory of the process is 0 bytes");
        host.unreadableSecondList = "not supported";
        inconclusive(
                VramHeld.judge(claim(GB), model(GB), Optional.empty(), host.once(), BUDGETS),
                "does not list the process");
    }

    private Verdict vr03(long tensors, long anonymous) {
        host.anonymous = anonymous;
        host.shared = 0;
        return HostCopies.judge(claim(tensors), model(tensors), host.once(), BUDGETS);
    }

    @Test
    void hostMayHoldHalfTheModelAndABase() {
        held(vr03(16 * GB, 8 * GB + BASE), "no weights mapped");
        broken(vr03(16 * GB, 8 * GB + BASE + 1), "VR-03", "under 8.5 GiB");
    }

    @Test
    void baseHidesACopyOfAModelUpToTwiceItsSize() {
        inconclusive(vr03(2 * BASE, BASE), "would hide a copy");
        held(vr03(2 * BASE, BASE - 1), "no weights mapped");
        held(vr03(2 * BASE + 2, BASE + 1), "no weights mapped");
    }

    @Test
    void boundedModelIsClearedByItsLeastSize() {
        ResidencyClaim claim = claim(160 * GB);
        host.anonymous = 8 * GB + BASE;
        host.shared = 0;
        held(HostCopies.judge(claim, ModelFacts.unknown(), host.once(), BUDGETS), "no weights mapped");
        host.anonymous += 1;
        inconclusive(HostCopies.judge(claim, ModelFacts.unknown(), host.once(), BUDGETS), "would hide a copy");
    }

    @Test
    void withoutSharesOfPagesEveryProcessCounts() {
        host.shared = 0;
        host.anonymous = 5 * GB;
        host.children.add(Recorded.child(322, 5 * GB, 100 * MB));
        host.children.add(Recorded.childWithoutShares(323, 5 * GB));
        broken(HostCopies.judge(claim(16 * GB), model(16 * GB), host.once(), BUDGETS), "VR-03", "it was 14.0 GiB");
        host.children.removeLast();
        host.children.add(Recorded.child(323, 0, 5 * GB));
        broken(HostCopies.judge(claim(16 * GB), model(16 * GB), host.once(), BUDGETS), "VR-03", "it was 9.4 GiB");
    }

    @Test
    void sharesCountSharedAndHugePagesToo() {
        host.anonymous = GB;
        host.shared = 0;
        host.children.add(Recorded.childWithHugePages(322, 4 * GB, 3 * GB, 4 * GB));
        held(HostCopies.judge(claim(30 * GB), model(30 * GB), host.once(), BUDGETS), "11.2 GiB resident without files");
    }

    @Test
    void saysWhyTheHostsMemoryIsNotKnown() {
        host.unreadableHostMemory = "status may not be read";
        inconclusive(vr03(16 * GB, GB), "status may not be read");
        host.unreadableHostMemory = "";
        var claimless = new ResidencyClaim(Optional.of(true), OptionalLong.empty());
        inconclusive(
                HostCopies.judge(claimless, ModelFacts.unknown(), host.once(), BUDGETS),
                "size of the model is not known");
        inconclusive(HostCopies.judge(claim(GB), model(GB), host.unseen(), BUDGETS), "the host was not looked at");
    }

    private static Verdict vr05(long warm, long after, FlatVram.Mix mix) {
        var first = new Recorded();
        first.listed = worker(warm);
        var second = new Recorded();
        second.listed = worker(after);
        return FlatVram.judge(claim(GB), first.once(), second.once(), mix);
    }

    @Test
    void levelMayMoveByAHundredth() {
        held(vr05(10 * GB, 10 * GB + 100 * MB, MIX), "after 100 requests with 1 cancels and 1 refusals");
        held(vr05(10 * GB, 10 * GB - 100 * MB, MIX));
        broken(vr05(10 * GB, 10 * GB + 100 * MB + 1, MIX), "VR-05", "within 1%");
        broken(vr05(10 * GB, 10 * GB - 100 * MB - 1, MIX), "VR-05", "within 1%");
        inconclusive(vr05(10 * GB, 10 * GB, new FlatVram.Mix(100, 1, 0)), "with cancels and refusals are needed");
        inconclusive(vr05(0, 0, MIX), "no memory of the GPU that could grow");
    }

    @Test
    void comparesOnlyLooksAtTheSameMemory() {
        var device = new Recorded();
        device.listed = List.of();
        HostSamples one = device.once();
        inconclusive(FlatVram.judge(claim(GB), host.once(), one, MIX), "not of the same memory");
        device.uuid = "GPU-7";
        inconclusive(FlatVram.judge(claim(GB), one, device.once(), MIX), "not of the same memory");
        held(FlatVram.judge(claim(GB), one, one, MIX), "the memory in use on the GPU");
    }

    @Test
    void takesAClaimThatHealthCanMakeForOne() {
        assertThat(ResidencyClaim.of(Literal.answer(200, "{\"vram_bytes_used\":0}"))
                        .vramBytesUsed())
                .hasValue(0);
        assertThat(ResidencyClaim.of(Literal.answer(200, "{\"vram_bytes_used\":9223372036854775807}"))
                        .vramBytesUsed())
                .hasValue(Long.MAX_VALUE);
        assertThat(ResidencyClaim.of(Literal.answer(200, "{\"vram_bytes_used\":9223372036854775808}"))
                        .vramBytesUsed())
                .isEmpty();
    }
}
