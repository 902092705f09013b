package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Recorded.GB;
import static dev.touchstone.harness.check.Recorded.MB;
import static dev.touchstone.harness.check.Recorded.TENSORS;
import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;

import dev.touchstone.harness.evidence.HostSamples;
import dev.touchstone.harness.evidence.Reading;
import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** VR-06, VR-08 and LI-05 at the value where they turn, and where less than all can be read. */
class HostLimitTest {
    private static final HostBudgets BUDGETS = HostBudgets.defaults();
    private static final ResidencyClaim CLAIM = new ResidencyClaim(Optional.of(true), OptionalLong.of(17 * GB));

    private final Recorded host = new Recorded();

    private Verdict vr08(long tensors) {
        return vr08(tensors, host.seconds(4));
    }

    private static Verdict vr08(long tensors, HostSamples during) {
        return DiskReads.judge(CLAIM, model(tensors), during, 20, BUDGETS);
    }

    private static ModelFacts model(long bytes) {
        return new ModelFacts(OptionalLong.of(bytes), Optional.empty());
    }

    @Test
    void readsTurnAtAHundredthOfTheModel() {
        host.diskPerSecond = 40 * MB;
        inconclusive(vr08(TENSORS), "152.6 MiB from the disk", "too near");
        host.diskPerSecond += 1;
        broken(vr08(TENSORS), "VR-08", "less than 152.6 MiB read from the disk");
        host.diskPerSecond = 0;
        host.readCallsPerSecond = 40 * MB;
        inconclusive(vr08(TENSORS), "152.6 MiB by read calls", "too near");
        host.readCallsPerSecond += 1;
        broken(vr08(TENSORS), "VR-08", "less than 152.6 MiB by read calls");
    }

    @Test
    void readCallsMayAlwaysTakeALittle() {
        host.readCallsPerSecond = 4L << 20;
        inconclusive(vr08(500 * MB), "16.0 MiB by read calls", "too near");
        host.readCallsPerSecond += 1;
        broken(vr08(500 * MB), "VR-08", "less than 16.0 MiB by read calls");
    }

    @Test
    void processThatIsOnNoGpuMustLiveOnToo() {
        host.listed = List.of();
        host.restartAfterMillis = 1500;
        broken(vr08(TENSORS), "VR-08", "process 321 (worker), started at tick 5000, was gone");
    }

    @Test
    void childThatHoldsNoMemoryOfTheGpuMayEnd() {
        var before = new Recorded();
        before.children.add(Recorded.child(322, MB, MB));
        held(vr08(TENSORS, Recorded.inTurn(before, host)), "0 bytes from the disk");
    }

    @Test
    void saysWhyReadsAreNotKnown() {
        host.unreadableIo = "/proc/321/io may not be read by this user";
        inconclusive(vr08(TENSORS), "/proc/321/io may not be read");
        host.unreadableIo = "";
        var claimless = new ResidencyClaim(Optional.of(true), OptionalLong.empty());
        inconclusive(
                DiskReads.judge(claimless, ModelFacts.unknown(), host.seconds(4), 20, BUDGETS),
                "size of the model is not known");
    }

    private static Recorded holding(long anonymous) {
        var host = new Recorded();
        host.anonymous = anonymous;
        return host;
    }

    private static Verdict li05(HostSamples warm, HostSamples end) {
        return FlatHostMemory.judge(new FlatHostMemory.Mark(100, warm), new FlatHostMemory.Mark(500, end));
    }

    @Test
    void hostMemoryTurnsAtATwentieth() {
        HostSamples warm = holding(1000 * MB).once();
        broken(li05(warm, holding(1050 * MB).once()), "LI-05", "122.1 KiB a job");
        held(li05(warm, holding(1050 * MB - 1).once()), "after job 500");
        inconclusive(li05(holding(0).once(), warm), "no anonymous memory that could grow");
    }

    @Test
    void takesTheLowestOfSeveralLooks() {
        HostSamples warm = Recorded.inTurn(holding(900 * MB), holding(1500 * MB));
        held(
                li05(warm, Recorded.inTurn(holding(1600 * MB), holding(910 * MB), holding(1700 * MB))),
                "867.8 MiB after job 500");
        broken(li05(warm, Recorded.inTurn(holding(1600 * MB), holding(1700 * MB))), "LI-05", "1.5 GiB after job 500");
        held(
                li05(
                        Recorded.inTurn(holding(1500 * MB), holding(900 * MB)),
                        holding(900 * MB).once()),
                "858.3 MiB after job 100");
    }

    @Test
    void leavesOutLooksThatShowNothing() {
        host.unreadableHostMemory = "status may not be read";
        HostSamples warm = holding(900 * MB).once();
        inconclusive(li05(warm, host.once()), "status may not be read");
        held(li05(warm, Recorded.inTurn(holding(900 * MB), host)), "after job 500");
        held(li05(warm, Recorded.inTurn(host, holding(900 * MB))), "after job 500");
        inconclusive(li05(warm, host.unseen()), "the host was not looked at");
    }

    private static VramRefusal.Start start(String log, long free) {
        return new VramRefusal.Start(OptionalInt.of(1), log, false, "/m", Reading.of(free), List.of());
    }

    @Test
    void gpuWithExactlyTheRoomMayBeEnough() {
        inconclusive(VramRefusal.judge(start("", TENSORS), model(TENSORS)), "may be enough");
        broken(VramRefusal.judge(start("", TENSORS - 1), model(TENSORS)), "VR-06", "of 0 lines");
    }

    @Test
    void numberOfSevenDigitsIsAnAmountWithoutAUnit() {
        held(VramRefusal.judge(start("/m: GPU 0 has 1000000 of 9000000", GB), model(TENSORS)), "names both amounts");
        broken(
                VramRefusal.judge(start("/m: GPU 0 has 999999 of 9000000", GB), model(TENSORS)),
                "VR-06",
                "of 1 lines lacks available bytes");
    }

    @Test
    void quotesTheLastLineThatSaysSomething() {
        inconclusive(
                VramRefusal.judgeMadeUp(start("starting\nno tokenizer\n \n", GB), model(TENSORS)),
                ": \"no tokenizer\"");
        inconclusive(VramRefusal.judgeMadeUp(start("", GB), model(TENSORS)), ": \"\"");
    }
}
