package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Judges what {@code GET /health} says: HL-01 for its form, VR-07 for its claim of residency. */
public final class HealthForm {
    private static final List<String> TEXTS = List.of("model", "quant_kind", "tokenizer_kind", "worker_id");
    private static final List<String> COUNTS = List.of("vram_bytes_used", "vocab_size", "context_length");
    /** No model has an empty vocabulary or context. */
    private static final List<String> POSITIVE = List.of("vocab_size", "context_length");

    private static final List<String> OPTIONAL_COUNTS = List.of("sm", "gpu_device", "kv_bytes_used", "queue_depth");
    private static final List<String> OPTIONAL_TEXTS = List.of("cuda_runtime_version", "active_job");

    private HealthForm() {}

    /** Judges HL-01. */
    public static Verdict judge(Exchange exchange) {
        var findings = new Findings("HL-01");
        if (exchange.status() != 200) {
            findings.add("status 200", Shown.answer(exchange));
        }
        String type = exchange.head().flatMap(h -> h.header("Content-Type")).orElse("absent");
        if (!type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
            findings.add("Content-Type application/json", "it was " + type);
        }
        Optional<Fields> read = Fields.of(exchange.bodyText());
        if (read.isEmpty()) {
            return findings.add("one JSON object", "it was " + Shown.body(exchange))
                    .broken();
        }
        Fields health = read.get();
        if (health.string("status")
                .filter(s -> s.equals("healthy") || s.equals("unhealthy"))
                .isEmpty()) {
            findings.add("status healthy or unhealthy", "it was " + health.shown("status"));
        }
        TEXTS.forEach(name -> text(health, name, findings));
        COUNTS.forEach(name -> count(health, name, findings));
        POSITIVE.stream()
                .filter(name ->
                        health.integer(name).filter(n -> n.signum() == 0).isPresent())
                .forEach(name -> findings.add(name + " above 0", "it was 0"));
        if (health.number("uptime_seconds").filter(n -> n.signum() >= 0).isEmpty()) {
            findings.add("uptime_seconds, a number", "it was " + health.shown("uptime_seconds"));
        }
        if (health.bool("resident").isEmpty()) {
            findings.add("resident, true or false", "it was " + health.shown("resident"));
        }
        OPTIONAL_COUNTS.stream().filter(name -> has(health, name)).forEach(name -> count(health, name, findings));
        OPTIONAL_TEXTS.stream().filter(name -> has(health, name)).forEach(name -> text(health, name, findings));
        return findings.orHeld("status %s, model %s, context_length %s and the other members, each of its type"
                .formatted(health.shown("status"), health.shown("model"), health.shown("context_length")));
    }

    /** Judges VR-07 from health alone: who claims to be resident must name the GPU and its memory. */
    public static Verdict residencyClaim(Exchange exchange) {
        var findings = new Findings("VR-07");
        Optional<Fields> health = Fields.of(exchange.bodyText());
        Optional<Boolean> resident = health.flatMap(h -> h.bool("resident"));
        if (resident.isEmpty()) {
            return findings.add("resident, true or false", "health was " + Shown.body(exchange))
                    .broken();
        }
        Fields said = health.orElseThrow();
        boolean memory =
                said.integer("vram_bytes_used").filter(n -> n.signum() > 0).isPresent();
        boolean device =
                said.integer("sm").isPresent() && said.integer("gpu_device").isPresent();
        if (!resident.get()) {
            if (memory) {
                findings.add("vram_bytes_used 0 where resident is false", "it was " + said.shown("vram_bytes_used"));
            }
            return findings.orHeld("resident false, vram_bytes_used 0");
        }
        if (!memory || !device) {
            findings.add(
                    "resident false where no GPU is named",
                    "resident was true with vram_bytes_used %s, sm %s, gpu_device %s"
                            .formatted(said.shown("vram_bytes_used"), said.shown("sm"), said.shown("gpu_device")));
        }
        return findings.orInconclusive(
                "resident true with a GPU named; without evidence from the host this cannot be told");
    }

    /** The model that health names, where it does. */
    public static Optional<String> model(Exchange exchange) {
        return Fields.of(exchange.bodyText()).flatMap(h -> h.string("model"));
    }

    /** The context length that health names, in tokens, where it is a positive count. */
    public static Optional<Integer> contextLength(Exchange exchange) {
        return Fields.of(exchange.bodyText())
                .flatMap(h -> h.integer("context_length"))
                .filter(n -> n.signum() > 0 && n.bitLength() < Integer.SIZE)
                .map(BigInteger::intValue);
    }

    /** An optional member of null is one that is not there. */
    private static boolean has(Fields health, String name) {
        return health.node(name).filter(node -> !node.isNull()).isPresent();
    }

    private static void text(Fields health, String name, Findings findings) {
        if (health.string(name).isEmpty()) {
            findings.add(name + ", a string", "it was " + health.shown(name));
        }
    }

    private static void count(Fields health, String name, Findings findings) {
        if (health.integer(name).filter(n -> n.signum() >= 0).isEmpty()) {
            findings.add(name + ", a non-negative integer", "it was " + health.shown(name));
        }
    }
}
