package dev.touchstone.harness.check;

import dev.touchstone.harness.evidence.ByteCount;
import dev.touchstone.harness.evidence.HostSamples;
import dev.touchstone.harness.evidence.Reading;
import dev.touchstone.harness.verdict.Verdict;
import java.util.Optional;

/** Judges VR-01: the model is in the memory of the GPU, and health tells how much that is. */
public final class VramHeld {
    private static final String RULE = "VR-01";
    private static final double NEAR = 0.10;

    private VramHeld() {}

    /**
     * Judges one moment after loading.
     *
     * @param before the host before the worker started, where the kit started it: needed where NVML does not list the
     *     process
     * @param loaded the host once the model was loaded; its last sample counts
     */
    public static Verdict judge(
            ResidencyClaim claim,
            ModelFacts model,
            Optional<HostSamples> before,
            HostSamples loaded,
            HostBudgets budgets) {
        Optional<Verdict> unsupported = claim.unsupported(RULE);
        if (unsupported.isPresent()) {
            return unsupported.get();
        }
        Reading<VramLevel> read = VramLevel.last(loaded);
        if (read.found().isEmpty()) {
            return new Verdict.Inconclusive(RULE, "the memory of the worker's GPU cannot be read: " + read.reason());
        }
        VramLevel level = read.found().get();
        if (level.ofProcess()) {
            return compare(claim, model, level.bytes(), level.source(), budgets);
        }
        Optional<VramLevel> empty = before.flatMap(b -> VramLevel.ofDevices(b).found())
                .filter(b -> b.uuids().equals(level.uuids()));
        return empty.map(e -> growth(claim, model, e, level, budgets)).orElseGet(() -> ceiling(claim, model, level));
    }

    private static Verdict growth(
            ResidencyClaim claim, ModelFacts model, VramLevel empty, VramLevel level, HostBudgets budgets) {
        long grown = Math.max(0, level.bytes() - empty.bytes());
        String source = "what the memory in use on the GPU grew by since before the start";
        Verdict verdict = compare(claim, model, grown, source, budgets);
        return verdict instanceof Verdict.Broken && level.others() > 0
                ? new Verdict.Inconclusive(RULE, verdict.summary() + "; but " + DeviceUse.shared(level.others()))
                : verdict;
    }

    private static Verdict compare(
            ResidencyClaim claim, ModelFacts model, long held, String source, HostBudgets budgets) {
        var findings = new Findings(RULE);
        model.tensorBytes().ifPresent(tensors -> {
            if (held < tensors) {
                findings.add(
                        "at least the model's %s of tensors on the GPU".formatted(ByteCount.text(tensors)),
                        "%s is %s".formatted(source, ByteCount.text(held)));
            }
        });
        long claimed = claim.vramBytesUsed().orElse(-1);
        boolean belowByContext = claimed >= 0 && held - claimed <= budgets.contextBytes();
        boolean far = claimed >= 0 && Math.abs(claimed - held) > NEAR * held;
        if (far && (claimed > held || !belowByContext)) {
            findings.add(
                    "vram_bytes_used within 10% of " + ByteCount.text(held) + ", " + source,
                    "it was %d, %s".formatted(claimed, ByteCount.text(claimed)));
        }
        return findings.none()
                ? untold(claimed, far, model, held, budgets)
                        .<Verdict>map(why -> new Verdict.Inconclusive(
                                RULE, "%s is %s; %s".formatted(source, ByteCount.text(held), why)))
                        .orElseGet(() -> new Verdict.Held(
                                RULE,
                                "%s is %s for %s of tensors; health says %s"
                                        .formatted(
                                                source,
                                                ByteCount.text(held),
                                                ByteCount.text(
                                                        model.tensorBytes().orElse(0)),
                                                ByteCount.text(claimed))))
                : findings.broken();
    }

    /** What keeps a comparison without findings from being an answer. */
    private static Optional<String> untold(
            long claimed, boolean far, ModelFacts model, long held, HostBudgets budgets) {
        if (claimed < 0) {
            return Optional.of("health names no vram_bytes_used to compare with");
        }
        if (far) {
            return Optional.of("health says %s, and the driver's own context may be the difference"
                    .formatted(ByteCount.text(claimed)));
        }
        if (model.tensorBytes().isEmpty()) {
            return Optional.of(
                    "health agrees with %s, but whether that is the whole model cannot be told without --model-bytes"
                            .formatted(ByteCount.text(claimed)));
        }
        long tensors = model.tensorBytes().getAsLong();
        return tensors < budgets.contextBytes() && held < tensors + budgets.contextBytes()
                ? Optional.of("a model of %s cannot be told from the driver's own context, up to %s"
                        .formatted(ByteCount.text(tensors), ByteCount.text(budgets.contextBytes())))
                : Optional.empty();
    }

    /** Without the process and without a look before the start, the device only tells how much it cannot be. */
    private static Verdict ceiling(ResidencyClaim claim, ModelFacts model, VramLevel level) {
        var findings = new Findings(RULE);
        String all = "all that is in use on the GPU is " + ByteCount.text(level.bytes());
        model.tensorBytes().ifPresent(tensors -> {
            if (level.bytes() < tensors) {
                findings.add("at least the model's %s of tensors on the GPU".formatted(ByteCount.text(tensors)), all);
            }
        });
        claim.vramBytesUsed().ifPresent(claimed -> {
            if (claimed > level.bytes() * (1 + NEAR)) {
                findings.add(
                        "vram_bytes_used no more than the device's memory in use, for " + all, "it was " + claimed);
            }
        });
        return findings.orInconclusive(
                all + ", but NVML does not list the process and the device was not looked at before the start");
    }
}
