package dev.touchstone.harness.check;

import dev.touchstone.harness.evidence.ByteCount;
import dev.touchstone.harness.evidence.HostSamples;
import dev.touchstone.harness.evidence.Reading;
import dev.touchstone.harness.verdict.Verdict;
import java.util.Optional;

/** Judges VR-05: the memory that a worker holds on the GPU does not move with the requests it has served. */
public final class FlatVram {
    private static final String RULE = "VR-05";
    private static final int LEAST_REQUESTS = 100;
    private static final double SHARE = 0.01;

    private FlatVram() {}

    /**
     * What was asked between the two looks.
     *
     * @param cancels and refusals are among the requests
     */
    public record Mix(int requests, int cancels, int refusals) {}

    /**
     * Judges the last samples of both looks.
     *
     * @param warm after warm-up, with no request running
     * @param after the requests, with none running
     */
    public static Verdict judge(ResidencyClaim claim, HostSamples warm, HostSamples after, Mix mix) {
        Optional<Verdict> unsupported = claim.unsupported(RULE);
        if (unsupported.isPresent()) {
            return unsupported.get();
        }
        Reading<VramLevel> first = VramLevel.last(warm);
        Reading<VramLevel> second = VramLevel.last(after);
        if (first.found().isEmpty() || second.found().isEmpty()) {
            return new Verdict.Inconclusive(
                    RULE,
                    "the memory of the worker's GPU cannot be read: "
                            + (first.reason().isEmpty() ? second : first).reason());
        }
        return compare(first.found().get(), second.found().get(), mix);
    }

    private static Verdict compare(VramLevel warm, VramLevel after, Mix mix) {
        String seen = "%s was %s after warm-up and %s after %d requests with %d cancels and %d refusals"
                .formatted(
                        warm.source(),
                        ByteCount.text(warm.bytes()),
                        ByteCount.text(after.bytes()),
                        mix.requests(),
                        mix.cancels(),
                        mix.refusals());
        if (warm.ofProcess() != after.ofProcess() || !warm.uuids().equals(after.uuids())) {
            return new Verdict.Inconclusive(RULE, "the two looks are not of the same memory: " + seen);
        }
        if (warm.bytes() == 0) {
            return new Verdict.Inconclusive(RULE, "the process holds no memory of the GPU that could grow");
        }
        if (Math.abs(after.bytes() - warm.bytes()) > SHARE * warm.bytes()) {
            return Math.max(warm.others(), after.others()) > 0
                    ? new Verdict.Inconclusive(
                            RULE, seen + ", but " + DeviceUse.shared(Math.max(warm.others(), after.others())))
                    : new Findings(RULE)
                            .add("GPU memory within 1% of the level after warm-up", seen)
                            .broken();
        }
        return mix.requests() < LEAST_REQUESTS || mix.cancels() < 1 || mix.refusals() < 1
                ? new Verdict.Inconclusive(RULE, seen + "; 100 requests with cancels and refusals are needed")
                : new Verdict.Held(RULE, seen);
    }
}
