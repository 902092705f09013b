package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Recorded.GB;
import static dev.touchstone.harness.check.Recorded.MB;
import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;

import dev.touchstone.harness.evidence.DeviceReading.ProcessVram;
import dev.touchstone.harness.evidence.Reading;
import dev.touchstone.harness.transcript.Exchange;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The teeth of VR-07 where the host can be looked at. */
class ResidencyTruthTest {
    private static final Exchange RESIDENT = Literal.answer(
            200, "{\"resident\":true,\"vram_bytes_used\":%d,\"sm\":90,\"gpu_device\":0}".formatted(17 * GB));

    private final Recorded host = new Recorded();

    @Test
    void acceptsWhatTheGpuHolds() {
        held(ResidencyTruth.judge(RESIDENT, Optional.of(host.once())), "health says 15.8 GiB", "16.8 GiB");
    }

    @Test
    void acceptsWhoSaysFalseWithoutALookAtTheHost() {
        Exchange honest = Literal.answer(200, "{\"resident\":false,\"vram_bytes_used\":0}");
        held(ResidencyTruth.judge(honest, Optional.empty()), "resident false");
    }

    @Test
    void catchesAClaimOfAWorkerThatHoldsNothingThere() {
        host.listed = List.of(new ProcessVram(Recorded.PID, Reading.of(500 * MB)));
        broken(
                ResidencyTruth.judge(RESIDENT, Optional.of(host.once())),
                "VR-07",
                "resident true only where",
                "476.8 MiB");
        Exchange bare = Literal.answer(200, "{\"resident\":true,\"vram_bytes_used\":0}");
        broken(ResidencyTruth.judge(bare, Optional.of(host.once())), "VR-07", "resident false where no GPU is named");
    }

    @Test
    void doesNotTellWhatCannotBeSeen() {
        inconclusive(ResidencyTruth.judge(RESIDENT, Optional.empty()), "without evidence from the host");
        host.listed = List.of(new ProcessVram(Recorded.PID, Reading.none("not available")));
        inconclusive(ResidencyTruth.judge(RESIDENT, Optional.of(host.once())), "NVML does not list");
    }
}
