package dev.touchstone.harness.check;

import dev.touchstone.harness.evidence.ByteCount;
import dev.touchstone.harness.evidence.FileMapping;
import dev.touchstone.harness.evidence.HostMemory;
import dev.touchstone.harness.evidence.HostSamples;
import dev.touchstone.harness.evidence.ProcessReading;
import dev.touchstone.harness.evidence.ProcessTree;
import dev.touchstone.harness.evidence.Reading;
import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.Optional;

/** Judges VR-03: after loading, no copy of the model stays in the host's memory. */
public final class HostCopies {
    private static final String RULE = "VR-03";
    private static final double SHARE = 0.5;

    private HostCopies() {}

    /**
     * Judges one moment after loading and a generation.
     *
     * @param loaded its last sample counts; it must have been taken with mappings
     */
    public static Verdict judge(ResidencyClaim claim, ModelFacts model, HostSamples loaded, HostBudgets budgets) {
        Optional<Verdict> unsupported = claim.unsupported(RULE);
        if (unsupported.isPresent()) {
            return unsupported.get();
        }
        Reading<ProcessTree> tree =
                loaded.last().map(s -> s.process()).orElseGet(() -> Reading.none("the host was not looked at"));
        if (tree.found().isEmpty()) {
            return new Verdict.Inconclusive(RULE, "the worker's process cannot be read: " + tree.reason());
        }
        return judge(model.size(claim), model, tree.found().get(), budgets);
    }

    private static Verdict judge(
            Reading<ModelFacts.Size> size, ModelFacts model, ProcessTree tree, HostBudgets budgets) {
        var findings = new Findings(RULE);
        mapped(model, tree, findings);
        Reading<Long> resident = resident(tree);
        if (resident.found().isPresent() && size.found().isPresent()) {
            double allowed = SHARE * size.found().get().most() + budgets.baseBytes();
            if (resident.found().get() > allowed) {
                findings.add(
                        "resident anonymous, shared and pinned memory under %s, half of %s and a base of %s"
                                .formatted(
                                        ByteCount.text(allowed),
                                        size.found().get().source(),
                                        ByteCount.text(budgets.baseBytes())),
                        "it was %s: %s"
                                .formatted(ByteCount.text(resident.found().get()), parts(tree)));
            }
        }
        return findings.none()
                ? untold(size, tree, resident, budgets)
                        .<Verdict>map(why -> new Verdict.Inconclusive(RULE, why))
                        .orElseGet(() -> new Verdict.Held(
                                RULE,
                                "%s resident without files (%s) for %s of %s; no weights mapped"
                                        .formatted(
                                                ByteCount.text(resident.found().orElse(0L)),
                                                parts(tree),
                                                ByteCount.text(size.found()
                                                        .orElseThrow()
                                                        .least()),
                                                size.found().orElseThrow().source())))
                : findings.broken();
    }

    private static void mapped(ModelFacts model, ProcessTree tree, Findings findings) {
        for (ProcessReading process : tree.processes()) {
            for (FileMapping mapping : process.mappings().found().orElse(List.of())) {
                boolean weights = mapping.looksLikeWeights()
                        || model.path().filter(mapping::isOf).isPresent();
                if (weights && mapping.resident() > 0) {
                    findings.add(
                            "no file mapping of the model with resident pages",
                            "%s of %s are resident in process %d"
                                    .formatted(
                                            ByteCount.text(mapping.resident()),
                                            mapping.path(),
                                            process.stat().pid()));
                }
            }
        }
    }

    /** What keeps a look without findings from being an answer. */
    private static Optional<String> untold(
            Reading<ModelFacts.Size> size, ProcessTree tree, Reading<Long> resident, HostBudgets budgets) {
        Optional<ProcessReading> hidden = tree.processes().stream()
                .filter(p -> p.mappings().found().isEmpty())
                .findFirst();
        if (hidden.isPresent()) {
            return Optional.of(
                    "the mappings cannot be read: " + hidden.get().mappings().reason());
        }
        if (resident.found().isEmpty() || size.found().isEmpty()) {
            return Optional.of((resident.found().isEmpty() ? resident : size).reason());
        }
        long least = size.found().get().least();
        long seen = resident.found().get();
        boolean under = seen <= SHARE * least + budgets.baseBytes();
        boolean baseHides = least <= 2 * budgets.baseBytes() && seen >= SHARE * least;
        return under && !baseHides
                ? Optional.empty()
                : Optional.of("%s are resident, and a base of %s would hide a copy of a model of %s"
                        .formatted(ByteCount.text(seen), ByteCount.text(budgets.baseBytes()), ByteCount.text(least)));
    }

    /**
     * Resident memory of all the processes without mapped files. A page that several of them share must not count
     * several times: no process has more than the largest, and all together have at least the sum of their shares.
     */
    private static Reading<Long> resident(ProcessTree tree) {
        long largest = 0;
        long sum = 0;
        long shares = 0;
        boolean allShares = true;
        for (ProcessReading process : tree.processes()) {
            Optional<HostMemory> memory = process.memory().found();
            if (memory.isEmpty()) {
                return Reading.none(process.memory().reason());
            }
            Optional<HostMemory.Proportional> part = memory.get().proportional().found();
            largest = Math.max(largest, memory.get().residentWithoutFiles());
            sum += memory.get().residentWithoutFiles();
            shares += part.map(p -> p.anonymous() + p.shared() + memory.get().huge())
                    .orElse(0L);
            allShares &= part.isPresent();
        }
        return Reading.of(allShares ? Math.max(largest, shares) : sum);
    }

    private static String parts(ProcessTree tree) {
        List<HostMemory> all = tree.processes().stream()
                .flatMap(p -> p.memory().found().stream())
                .toList();
        return "anonymous %s, shared %s, pinned %s"
                .formatted(
                        ByteCount.text(
                                all.stream().mapToLong(HostMemory::anonymous).sum()),
                        ByteCount.text(
                                all.stream().mapToLong(HostMemory::shared).sum()),
                        ByteCount.text(
                                all.stream().mapToLong(HostMemory::pinned).sum()));
    }
}
