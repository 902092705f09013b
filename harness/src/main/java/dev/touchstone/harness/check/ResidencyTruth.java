package dev.touchstone.harness.check;

import dev.touchstone.harness.evidence.ByteCount;
import dev.touchstone.harness.evidence.HostSamples;
import dev.touchstone.harness.evidence.Reading;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.util.Optional;

/** Judges VR-07: who says resident true holds on its GPU what health says it does. */
public final class ResidencyTruth {
    private static final String RULE = "VR-07";
    /** As VR-01 allows. */
    private static final double NEAR = 0.10;

    private ResidencyTruth() {}

    /**
     * Judges an answer of {@code GET /health}.
     *
     * @param host the worker's host after a generation, looked at where the answer claims residency
     */
    public static Verdict judge(Exchange health, Optional<HostSamples> host) {
        Verdict said = HealthForm.residencyClaim(health);
        if (!(said instanceof Verdict.Inconclusive) || host.isEmpty()) {
            return said;
        }
        Reading<VramLevel> read = VramLevel.last(host.get());
        if (read.found().isEmpty()) {
            return new Verdict.Inconclusive(RULE, "the memory of the worker's GPU cannot be read: " + read.reason());
        }
        VramLevel level = read.found().get();
        if (!level.ofProcess()) {
            return new Verdict.Inconclusive(RULE, "NVML does not list what the worker's process holds");
        }
        long claimed = ResidencyClaim.of(health).vramBytesUsed().orElse(0);
        String found = "%s is %s".formatted(level.source(), ByteCount.text(level.bytes()));
        return level.bytes() < claimed * (1 - NEAR)
                ? new Findings(RULE)
                        .add(
                                "resident true only where the GPU holds what vram_bytes_used says, "
                                        + ByteCount.text(claimed),
                                found)
                        .broken()
                : new Verdict.Held(
                        RULE, "resident true; health says %s, and %s".formatted(ByteCount.text(claimed), found));
    }
}
