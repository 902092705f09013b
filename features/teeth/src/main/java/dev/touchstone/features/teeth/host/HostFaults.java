package dev.touchstone.features.teeth.host;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongUnaryOperator;

/** The faults of layer {@code host}: which recording shows each, and what its health says. */
final class HostFaults {

    /**
     * A fault.
     *
     * @param mode of the recording
     * @param claim what health says of {@code vram_bytes_used}, from the bytes that NVML lists for the process
     * @param drive what moves the replay on
     */
    record Case(String mode, LongUnaryOperator claim, Drive drive) {
        Case(String mode, LongUnaryOperator claim) {
            this(mode, claim, Drive.TIME);
        }
    }

    static final Case HONEST = new Case("honest", nvml -> nvml);

    /** What the honest worker of the recordings held: 4 GiB of weights and what the driver takes. */
    private static final long WHOLE_MODEL = 4_840_226_816L;
    /** What stands in a configuration file: a model of 24 GB, whichever is loaded. */
    private static final long CONSTANT = 24_000_000_000L;

    private static final Map<String, Case> ALL = Map.ofEntries(
            Map.entry("claims-vram", new Case("claims-vram", _ -> WHOLE_MODEL)),
            // the cache of the whole context is counted, and never taken
            Map.entry("vram-inflated", new Case("honest", nvml -> nvml / 4 * 5)),
            Map.entry("vram-constant", new Case("honest", _ -> CONSTANT)),
            Map.entry("layers-offloaded", as("offloaded")),
            Map.entry("layers-mostly-offloaded", as("mostly-offloaded")),
            Map.entry("layers-on-cpu", new Case("layers-on-cpu", _ -> WHOLE_MODEL)),
            Map.entry("weights-zero-copy", as("zero-copy")),
            Map.entry("layers-copied-per-step", as("copied-per-step")),
            Map.entry("kv-in-host-memory", as("kv-in-host")),
            Map.entry("weights-kept-on-heap", as("heap-copy")),
            Map.entry("weights-mapped-hot", as("mapped-hot")),
            Map.entry("cpu-fallback", as("cpu-fallback")),
            Map.entry("cpu-sometimes", as("cpu-sometimes")),
            Map.entry("gpu-idle", as("idle")),
            Map.entry("vram-leak-on-cancel", as("kv-leak", Drive.CANCELS)),
            Map.entry("model-reloaded", as("model-reloaded")),
            Map.entry("weights-paged-in-again", as("paged-in-again")),
            Map.entry("runner-replaced", as("runner-replaced")),
            Map.entry("host-memory-leak", as("host-leak", Drive.TOKENS)),
            Map.entry("host-memory-leak-by-prompt", as("host-leak", Drive.PROMPTS)),
            Map.entry("host-memory-leak-swapped", as("host-leak-swapped", Drive.JOBS)));

    private HostFaults() {}

    private static Case as(String mode) {
        return as(mode, Drive.TIME);
    }

    private static Case as(String mode, Drive drive) {
        return new Case(mode, nvml -> nvml, drive);
    }

    static List<String> ids() {
        return ALL.keySet().stream().sorted().toList();
    }

    static Optional<Case> named(String id) {
        return Optional.ofNullable(ALL.get(id));
    }
}
