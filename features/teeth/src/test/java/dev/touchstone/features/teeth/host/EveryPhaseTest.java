package dev.touchstone.features.teeth.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.check.DiskReads;
import dev.touchstone.harness.check.GpuWork;
import dev.touchstone.harness.check.HostBudgets;
import dev.touchstone.harness.check.ModelFacts;
import dev.touchstone.harness.check.PcieTraffic;
import dev.touchstone.harness.check.ResidencyClaim;
import dev.touchstone.harness.evidence.Depth;
import dev.touchstone.harness.evidence.HostSample;
import dev.touchstone.harness.evidence.HostSamples;
import dev.touchstone.harness.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A verdict must not depend on where in a recording a scenario happens to begin, its end and second round included. */
class EveryPhaseTest {

    private static final long MILLI = 1_000_000;
    private static final long STEP_MILLIS = 40;
    private static final long PHASES_MILLIS = 10_000;
    private static final long BETWEEN_MILLIS = 290;
    private static final HostBudgets BUDGETS = HostBudgets.defaults();
    private static final ModelFacts MODEL = new ModelFacts(OptionalLong.of(4L << 30), Optional.empty());
    private static final ResidencyClaim CLAIM = new ResidencyClaim(Optional.of(true), OptionalLong.of(4_840_226_816L));

    /** What a run sees that begins so far into the recording. */
    private static HostSamples seen(Recording recording, long phase, long millis) {
        var now = new AtomicLong();
        var clock = new ReplayClock(now::get);
        clock.nanos();
        List<HostSample> samples = new ArrayList<>();
        try (var probe = new RecordedProbe(recording, new Replay(recording.samples()), clock, () -> {})) {
            for (long at = 0; at <= millis; at += STEP_MILLIS) {
                now.set((phase + at) * MILLI);
                samples.add(probe.look(recording.samples().pid(), Depth.QUICK, at * MILLI));
            }
            return new HostSamples(
                    probe.facts(),
                    recording.samples().pid(),
                    recording.samples().startedAt(),
                    samples);
        }
    }

    private static Verdict decode(boolean pcie, Recording recording, long phase) {
        HostSamples host = seen(recording, phase, 4200);
        int tokens = (int) (recording.stepsPerSecond() * 4.2);
        return pcie
                ? PcieTraffic.judge(CLAIM, MODEL, host, tokens, BUDGETS)
                : GpuWork.judge(CLAIM, MODEL, host, tokens, BUDGETS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu-sometimes", "cpu-fallback", "layers-on-cpu"})
    void workOfTheCpuIsSeen(String mode) {
        Recording recording = Recording.of(mode);
        for (long phase = 0; phase < PHASES_MILLIS; phase += BETWEEN_MILLIS) {
            assertThat(decode(false, recording, phase)).as("%d ms", phase).isInstanceOf(Verdict.Broken.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zero-copy", "copied-per-step", "offloaded", "kv-in-host"})
    void weightsOverPcieAreSeen(String mode) {
        Recording recording = Recording.of(mode);
        for (long phase = 0; phase < PHASES_MILLIS; phase += BETWEEN_MILLIS) {
            assertThat(decode(true, recording, phase)).as("%d ms", phase).isInstanceOf(Verdict.Broken.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"model-reloaded", "paged-in-again", "runner-replaced"})
    void modelThatIsReadAgainIsSeen(String mode) {
        Recording recording = Recording.of(mode);
        for (long phase = 0; phase < PHASES_MILLIS; phase += BETWEEN_MILLIS) {
            HostSamples host = seen(recording, phase, 5000);
            assertThat(DiskReads.judge(CLAIM, MODEL, host, 20, BUDGETS))
                    .as("%d ms", phase)
                    .isInstanceOf(Verdict.Broken.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"honest", "heap-copy"})
    void honestDecodeIsNeverBlamed(String mode) {
        Recording recording = Recording.of(mode);
        for (long phase = 0; phase < PHASES_MILLIS; phase += BETWEEN_MILLIS) {
            assertThat(decode(true, recording, phase)).as("%d ms", phase).isInstanceOf(Verdict.Held.class);
            assertThat(decode(false, recording, phase)).as("%d ms", phase).isInstanceOf(Verdict.Held.class);
            assertThat(DiskReads.judge(CLAIM, MODEL, seen(recording, phase, 5000), 20, BUDGETS))
                    .as("%d ms", phase)
                    .isInstanceOf(Verdict.Held.class);
        }
    }
}
