package dev.touchstone.harness.check;

import dev.touchstone.harness.check.DeviceUse.Moment;
import dev.touchstone.harness.evidence.ByteCount;
import dev.touchstone.harness.evidence.DeviceReading.GpmReading;
import dev.touchstone.harness.evidence.DeviceReading.PcieCounters;
import dev.touchstone.harness.evidence.HostSamples;
import dev.touchstone.harness.evidence.Reading;
import dev.touchstone.harness.evidence.WrappingCounter;
import dev.touchstone.harness.verdict.Verdict;
import java.util.Optional;

/** Judges VR-02: no weights stream over PCIe while tokens are decoded. */
public final class PcieTraffic {
    private static final String RULE = "VR-02";
    private static final double SHARE = 0.01;
    /** GPM must have looked at this much of the decode for its average to stand for it. */
    private static final double COVERAGE = 0.8;

    private PcieTraffic() {}

    /**
     * Bytes that the GPU received.
     *
     * @param whole whether none can be missing from it
     */
    private record Received(double bytes, boolean whole, String source) {}

    /**
     * Judges one decode.
     *
     * @param decode samples from the first token to the last, without the prefill
     * @param tokens how many were generated in that time
     */
    public static Verdict judge(
            ResidencyClaim claim, ModelFacts model, HostSamples decode, int tokens, HostBudgets budgets) {
        Optional<Verdict> unsupported = claim.unsupported(RULE);
        if (unsupported.isPresent()) {
            return unsupported.get();
        }
        Reading<DeviceUse> use = DeviceUse.of(decode);
        Reading<ModelFacts.Size> size = model.size(claim);
        Reading<Received> received = use.then(u -> received(u, decode.spanNanos()));
        if (received.found().isEmpty() || size.found().isEmpty()) {
            return new Verdict.Inconclusive(
                    RULE, "PCIe traffic cannot be judged: " + (received.reason().isEmpty() ? size : received).reason());
        }
        if (tokens < 1) {
            return new Verdict.Inconclusive(RULE, "no token was generated while the host was looked at");
        }
        double perToken = received.found().get().bytes() / tokens;
        String seen = "%s received per token over %d tokens, %s/s by %s"
                .formatted(
                        ByteCount.text(perToken),
                        tokens,
                        ByteCount.text(received.found().get().bytes() / (decode.spanNanos() / 1e9)),
                        received.found().get().source());
        return perToken > SHARE * size.found().get().most()
                ? over(
                        seen,
                        perToken * tokens / (decode.spanNanos() / 1e9),
                        size.found().get(),
                        use,
                        budgets)
                : under(
                        seen,
                        perToken,
                        size.found().get(),
                        received.found().get().whole());
    }

    private static Verdict over(
            String seen, double perSecond, ModelFacts.Size size, Reading<DeviceUse> use, HostBudgets budgets) {
        int others = use.found().map(DeviceUse::others).orElse(0);
        if (perSecond <= budgets.pcieNoise()) {
            return new Verdict.Inconclusive(
                    RULE, seen + ": more than 1% of so small a model, but no more than flows anyway");
        }
        if (others > 0) {
            return new Verdict.Inconclusive(RULE, seen + ", but " + DeviceUse.shared(others));
        }
        if (use.found().filter(DeviceUse::part).isPresent()) {
            return new Verdict.Inconclusive(
                    RULE, seen + ", but that is of the whole GPU, of which the worker has a part by MIG");
        }
        String allowed = ByteCount.text(SHARE * size.most());
        return new Findings(RULE)
                .add("less than %s a token over PCIe, 1%% of %s".formatted(allowed, size.source()), seen)
                .broken();
    }

    private static Verdict under(String seen, double perToken, ModelFacts.Size size, boolean whole) {
        if (!whole) {
            return new Verdict.Inconclusive(
                    RULE, seen + ": the counter may have gone round between samples, and there is no GPM to tell");
        }
        if (perToken >= SHARE * size.least()) {
            return new Verdict.Inconclusive(
                    RULE, seen + ": whether that is under 1% of the model cannot be told, " + size.source());
        }
        String source = size.known() ? size.source() : "(a tenth of " + size.source() + ")";
        return new Verdict.Held(RULE, "%s, under 1%% of %s %s".formatted(seen, ByteCount.text(size.least()), source));
    }

    private static Reading<Received> received(DeviceUse use, long spanNanos) {
        if (spanNanos <= 0) {
            return Reading.none("two looks at the host are needed");
        }
        var counter = new WrappingCounter();
        int readings = 0;
        double weighted = 0;
        long covered = 0;
        for (Moment moment : use.moments()) {
            Optional<PcieCounters> pcie = moment.device().pcie().found();
            if (pcie.isPresent()) {
                counter.read(pcie.get().receivedBytes(), moment.nanos());
                readings++;
            }
            Optional<GpmReading> gpm = moment.device().gpm().found().filter(g -> g.windowNanos() <= moment.nanos());
            Optional<Double> rate = gpm.flatMap(g -> g.receivedPerSecond().found());
            if (rate.isPresent()) {
                weighted += rate.get() * gpm.get().windowNanos();
                covered += gpm.get().windowNanos();
            }
        }
        boolean gpmWhole = covered >= COVERAGE * spanNanos;
        double byGpm = covered == 0 ? 0 : weighted / covered * (gpmWhole ? spanNanos : covered) / 1e9;
        if (readings < 2 && covered == 0) {
            return Reading.none(use.moments().getLast().device().pcie().reason());
        }
        return Reading.of(
                byGpm >= counter.total()
                        ? new Received(byGpm, gpmWhole, "GPM")
                        : new Received(counter.total(), gpmWhole || counter.exact(), "the PCIe counter"));
    }
}
