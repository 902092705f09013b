package dev.touchstone.harness.check;

import dev.touchstone.harness.check.DeviceUse.Moment;
import dev.touchstone.harness.evidence.ByteCount;
import dev.touchstone.harness.evidence.HostSamples;
import dev.touchstone.harness.evidence.ProcessTree;
import dev.touchstone.harness.evidence.Reading;
import dev.touchstone.harness.verdict.Verdict;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/** Judges VR-04: the GPU computes in every second of a decode, and the CPU does not. */
public final class GpuWork {
    private static final String RULE = "VR-04";
    private static final long SECOND = 1_000_000_000L;
    private static final String EVERY_SM = "SM utilisation above zero in every second of a decode";

    private GpuWork() {}

    /**
     * Judges one decode of at least a second.
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
        long seconds = decode.spanNanos() / SECOND;
        if (tokens < 1 || seconds < 1) {
            return new Verdict.Inconclusive(
                    RULE,
                    "%d tokens in %s were looked at; at least one token and one second are needed"
                            .formatted(tokens, Shown.millis(decode.spanNanos())));
        }
        var findings = new Findings(RULE);
        Reading<String> busy = DeviceUse.of(decode).then(use -> busy(use, seconds, model, claim, budgets, findings));
        Reading<String> cpu = cpu(decode, tokens, budgets, findings);
        if (!findings.none()) {
            return findings.broken();
        }
        return busy.found().isPresent() && cpu.found().isPresent()
                ? new Verdict.Held(RULE, busy.found().get() + "; " + cpu.found().get())
                : new Verdict.Inconclusive(RULE, (cpu.found().isEmpty() ? cpu : busy).reason());
    }

    private static Reading<String> busy(
            DeviceUse use,
            long seconds,
            ModelFacts model,
            ResidencyClaim claim,
            HostBudgets budgets,
            Findings findings) {
        boolean gpm = use.moments().stream().anyMatch(m -> sm(m, true).isPresent());
        boolean cached = model.size(claim).found().map(s -> s.least()).orElse(0L) <= budgets.cacheBytes();
        // the driver's own averages lag by up to a second, so that the first may still show the idle before
        long from = gpm ? 0 : 1;
        double leastSm = 100;
        double leastDram = 100;
        if (from >= seconds) {
            return Reading.none("without GPM two seconds of decode are needed");
        }
        for (long second = from; second < seconds; second++) {
            OptionalDouble sm = highest(use, second, m -> sm(m, gpm));
            OptionalDouble dram = highest(use, second, m -> dram(m, gpm));
            if (sm.isEmpty() || dram.isEmpty()) {
                return Reading.none("utilisation cannot be read in second %d of the decode: %s"
                        .formatted(
                                second + 1,
                                use.moments().getLast().device().utilization().reason()));
            }
            if (sm.getAsDouble() <= budgets.idlePercent()) {
                findings.add(EVERY_SM, percent(sm, second));
            }
            if (dram.getAsDouble() <= budgets.idlePercent() && !cached) {
                findings.add("DRAM utilisation above zero in every second of a decode", percent(dram, second));
            }
            leastSm = Math.min(leastSm, sm.getAsDouble());
            leastDram = Math.min(leastDram, dram.getAsDouble());
        }
        if (leastSm > budgets.idlePercent()) {
            GpuRest.longest(use, budgets.idlePercent())
                    .filter(rest -> rest.nanos() >= SECOND)
                    .ifPresent(rest -> findings.add(EVERY_SM, rest.words()));
        }
        if (use.others() > 0) {
            return Reading.none(DeviceUse.shared(use.others()) + ", so that its work may be theirs");
        }
        return leastDram <= budgets.idlePercent() && cached
                ? Reading.none("DRAM was idle, but a model of up to %s may be read from the GPU's cache"
                        .formatted(ByteCount.text(budgets.cacheBytes())))
                : Reading.of("%s: SM at least %.1f%%, DRAM at least %.1f%% in each of %d seconds"
                        .formatted(gpm ? "GPM" : "NVML", leastSm, leastDram, seconds - from));
    }

    private static OptionalDouble highest(DeviceUse use, long second, Function<Moment, Optional<Double>> value) {
        return use.moments().stream()
                .filter(m -> middle(m) / SECOND == second)
                .flatMap(m -> value.apply(m).stream())
                .mapToDouble(v -> v)
                .max();
    }

    /** The middle of the time that a reading is of. */
    private static long middle(Moment moment) {
        long window = moment.device().gpm().found().map(g -> g.windowNanos()).orElse(0L);
        return Math.max(0, moment.nanos() - window / 2);
    }

    private static Optional<Double> sm(Moment moment, boolean gpm) {
        return gpm
                ? moment.device().gpm().found().flatMap(g -> g.smPercent().found())
                : moment.device().utilization().found().map(u -> (double) u.gpuPercent());
    }

    private static Optional<Double> dram(Moment moment, boolean gpm) {
        return gpm
                ? moment.device().gpm().found().flatMap(g -> g.dramPercent().found())
                : moment.device().utilization().found().map(u -> (double) u.memoryPercent());
    }

    private static String percent(OptionalDouble value, long second) {
        return "it was %.2f%% in second %d".formatted(value.orElse(0), second + 1);
    }

    private static Reading<String> cpu(HostSamples decode, int tokens, HostBudgets budgets, Findings findings) {
        Reading<ProcessTree> first = decode.samples().getFirst().process();
        Reading<ProcessTree> last = decode.samples().getLast().process();
        return first.then(from -> last.then(to -> {
            double used = (double) to.cpuSince(from).toNanos() / tokens;
            double wall = (double) decode.spanNanos() / tokens;
            double allowed = Math.max(budgets.cpuPerToken().toNanos(), budgets.cpuCores() * wall);
            String seen =
                    "CPU time %.2f ms per token over %d tokens of %.2f ms".formatted(used / 1e6, tokens, wall / 1e6);
            if (used > allowed) {
                findings.add(
                        "CPU time within %.1f ms per token, or %.1f cores"
                                .formatted(budgets.cpuPerToken().toNanos() / 1e6, budgets.cpuCores()),
                        seen);
            }
            return Reading.of(seen);
        }));
    }
}
