package dev.touchstone.harness.check;

import dev.touchstone.harness.evidence.ByteCount;
import dev.touchstone.harness.evidence.Reading;
import dev.touchstone.harness.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Judges VR-06: a worker that finds too little memory on its GPU says so and ends. */
public final class VramRefusal {
    private static final String RULE = "VR-06";
    /** An amount has a unit, or is written out in bytes. */
    private static final Pattern AMOUNT =
            Pattern.compile("(?<![\\w.])(\\d+(?:[.,_]\\d+)*)\\s*([KkMGT]i?B|bytes|byte|[KMG]i?b)?(?![\\w])");

    private static final int DIGITS_OF_BYTES = 7;
    private static final Pattern DEVICE =
            Pattern.compile("(?i)\\b(?:gpu|device|cuda)(?:[ _-]?device)?[ :#=]*\\d+\\b|\\b(?:GPU|MIG)-[0-9a-f]{8}");

    /** Words of a line that speaks of memory. */
    private static final Pattern MEMORY =
            Pattern.compile("(?i)memory|vram|\\b(?:[kmgt]i?)?bytes?\\b|\\d ?[GM]i?B\\b|alloc");

    private VramRefusal() {}

    /**
     * A start with too little memory.
     *
     * @param exitStatus none where the worker still ran when the kit stopped it
     * @param log what it wrote, both streams
     * @param portOpened whether its port ever took a connection
     * @param modelPath as it was given to the worker
     * @param freeBytes of the GPU before the start, as NVML told
     * @param deviceNames names and uuids of the GPU, which a line may use instead of its number
     */
    public record Start(
            OptionalInt exitStatus,
            String log,
            boolean portOpened,
            String modelPath,
            Reading<Long> freeBytes,
            List<String> deviceNames) {
        public Start {
            deviceNames = List.copyOf(deviceNames);
        }
    }

    /** Judges one start. */
    public static Verdict judge(Start start, ModelFacts model) {
        if (start.freeBytes().found().isEmpty()) {
            return new Verdict.Inconclusive(
                    RULE,
                    "whether the GPU had too little memory cannot be told: "
                            + start.freeBytes().reason());
        }
        long free = start.freeBytes().found().get();
        if (model.tensorBytes().isEmpty() || free >= model.tensorBytes().getAsLong()) {
            return new Verdict.Inconclusive(
                    RULE, "the GPU had %s free, which may be enough for the model".formatted(ByteCount.text(free)));
        }
        var findings = new Findings(RULE);
        if (start.exitStatus().isEmpty()) {
            findings.add("the worker to end with exit status 1", "it went on running");
        } else if (start.exitStatus().getAsInt() != 1) {
            findings.add("exit status 1", "it was " + start.exitStatus().getAsInt());
        }
        if (start.portOpened()) {
            findings.add("no listening port", "the port took a connection");
        }
        List<String> missing = bestLine(start);
        if (!missing.isEmpty()) {
            findings.add(
                    "one line that names required and available bytes, device and model path",
                    "the closest of %d lines lacks %s"
                            .formatted(start.log().lines().count(), String.join(" and ", missing)));
        }
        return findings.orHeld(
                "with %s free, exit status 1, no port, and a line that names both amounts, device and path"
                        .formatted(ByteCount.text(free)));
    }

    /**
     * Judges a start with a model that the kit made up, too large for the GPU and otherwise whole: a worker that refuses
     * it for another reason before it looks at the memory is not judged.
     */
    public static Verdict judgeMadeUp(Start start, ModelFacts model) {
        Verdict verdict = judge(start, model);
        boolean refused = start.exitStatus().orElse(0) != 0 && !start.portOpened();
        return verdict instanceof Verdict.Broken
                        && refused
                        && !MEMORY.matcher(withoutNames(start)).find()
                ? new Verdict.Inconclusive(
                        RULE,
                        "the worker refused a made-up model of %s for another reason than the GPU's memory: %s"
                                .formatted(
                                        ByteCount.text(model.tensorBytes().orElse(0)),
                                        Shown.quoted(start.log()
                                                .lines()
                                                .filter(line -> !line.isBlank())
                                                .reduce((before, after) -> after)
                                                .orElse(""))))
                : verdict;
    }

    /** A GPU's name may hold its memory ("NVIDIA H100 80GB HBM3") in a line that does not speak of it. */
    private static String withoutNames(Start start) {
        String log = start.log().replace(start.modelPath(), " ");
        for (String name : start.deviceNames()) {
            log = log.replace(name, " ");
        }
        return log;
    }

    /** What the line that comes closest does not name. */
    private static List<String> bestLine(Start start) {
        List<String> best = List.of("required bytes", "available bytes", "device", "model path");
        for (String line : start.log().lines().toList()) {
            List<String> missing = missing(line, start);
            if (missing.size() < best.size()) {
                best = missing;
            }
        }
        return best;
    }

    private static List<String> missing(String line, Start start) {
        List<String> missing = new ArrayList<>();
        if (!line.contains(start.modelPath())) {
            missing.add("model path");
        }
        String rest = line.replace(start.modelPath(), " ");
        boolean named = start.deviceNames().stream().anyMatch(rest::contains);
        if (!named && !DEVICE.matcher(rest).find()) {
            missing.add("device");
        }
        long amounts = amounts(rest);
        if (amounts < 1) {
            missing.add("required bytes");
        }
        if (amounts < 2) {
            missing.add("available bytes");
        }
        return missing;
    }

    private static long amounts(String text) {
        Matcher matcher = AMOUNT.matcher(text);
        return matcher.results()
                .filter(m -> m.group(2) != null
                        || m.group(1).chars().filter(Character::isDigit).count() >= DIGITS_OF_BYTES)
                .map(m -> m.group())
                .distinct()
                .count();
    }
}
