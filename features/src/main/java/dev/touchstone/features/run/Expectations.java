package dev.touchstone.features.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.touchstone.harness.cli.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a team knows to be broken: {@code touchstone-expect.yaml}, with the lists {@code expected} and {@code flaky}.
 * Whether an entry is right is for {@link ExpectationReview}; a file that cannot be understood is refused here.
 *
 * @param file empty where there is none
 */
record Expectations(Optional<Path> file, List<Entry> entries) {

    /** Used where it exists in the working directory and no other is named. */
    static final Path DEFAULT = Path.of("touchstone-expect.yaml");

    static final Expectations NONE = new Expectations(Optional.empty(), List.of());

    private static final Set<String> EXPECTED = Set.of("id", "reason", "link", "until");
    private static final Set<String> FLAKY = Set.of("id", "reason", "link", "until", "rate", "runs");

    Expectations {
        entries = List.copyOf(entries);
    }

    /**
     * One entry; what it lacks is empty.
     *
     * @param until the last day on which it counts
     * @param rate share of the runs in which it broke; only a flaky one has it
     */
    record Entry(
            String id,
            String reason,
            String link,
            Optional<LocalDate> until,
            boolean flaky,
            Optional<Double> rate,
            Optional<Integer> runs) {}

    /** Reads the named file, or the default one where it exists. */
    static Expectations read(Optional<Path> named) {
        Path file = named.orElse(DEFAULT);
        if (named.isEmpty() && !Files.exists(file)) {
            return NONE;
        }
        try {
            return parse(file, Files.readString(file));
        } catch (IOException e) {
            throw new CommandFailure("The expectations file " + file + " cannot be read: "
                    + (Files.exists(file) ? e.getMessage() : "there is no such file") + ".");
        }
    }

    static Expectations parse(Path file, String yaml) {
        JsonNode root;
        try {
            root = new YAMLMapper().readTree(yaml);
        } catch (JsonProcessingException e) {
            throw malformed(
                    file,
                    "it is no YAML (line "
                            + (e.getLocation() == null
                                    ? "unknown"
                                    : e.getLocation().getLineNr()) + ")");
        }
        if (root.isMissingNode() || root.isNull()) {
            return new Expectations(Optional.of(file), List.of());
        }
        demandOnly(file, root, Set.of("expected", "flaky"), "it");
        List<Entry> entries = new ArrayList<>();
        read(file, root.path("expected"), false, entries);
        read(file, root.path("flaky"), true, entries);
        return new Expectations(Optional.of(file), entries);
    }

    private static void read(Path file, JsonNode list, boolean flaky, List<Entry> into) {
        if (list.isMissingNode() || list.isNull()) {
            return;
        }
        if (!list.isArray()) {
            throw malformed(file, "'" + (flaky ? "flaky" : "expected") + "' is no list");
        }
        for (JsonNode node : list) {
            demandOnly(file, node, flaky ? FLAKY : EXPECTED, "an entry");
            if (!node.path("id").isTextual()) {
                throw malformed(file, "an entry has no id");
            }
            String id = node.path("id").textValue();
            into.add(new Entry(
                    id,
                    text(file, id, node, "reason"),
                    text(file, id, node, "link"),
                    date(file, id, text(file, id, node, "until")),
                    flaky,
                    rate(file, id, node.path("rate")),
                    runs(file, id, node.path("runs"))));
        }
    }

    private static void demandOnly(Path file, JsonNode node, Set<String> names, String what) {
        if (!node.isObject()) {
            throw malformed(file, what + " is no mapping of names to values");
        }
        node.fieldNames().forEachRemaining(name -> {
            if (!names.contains(name)) {
                throw malformed(
                        file,
                        what + " has '" + name + "'; accepted are "
                                + String.join(", ", names.stream().sorted().toList()));
            }
        });
    }

    private static String text(Path file, String id, JsonNode entry, String name) {
        JsonNode node = entry.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return "";
        }
        if (!node.isTextual()) {
            throw malformed(file, name + " of " + id + " is " + node + ", which is no text");
        }
        return node.textValue().strip();
    }

    private static Optional<LocalDate> date(Path file, String id, String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(LocalDate.parse(text));
        } catch (DateTimeException e) {
            throw malformed(file, "until of " + id + " is '" + text + "'; accepted is a day such as 2027-01-31");
        }
    }

    private static Optional<Double> rate(Path file, String id, JsonNode node) {
        if (node.isMissingNode()) {
            return Optional.empty();
        }
        if (!node.isNumber() || node.doubleValue() <= 0 || node.doubleValue() >= 1) {
            throw malformed(file, "rate of " + id + " is " + node + "; accepted is a number between 0 and 1");
        }
        return Optional.of(node.doubleValue());
    }

    private static Optional<Integer> runs(Path file, String id, JsonNode node) {
        if (node.isMissingNode()) {
            return Optional.empty();
        }
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 2) {
            throw malformed(file, "runs of " + id + " is " + node + "; accepted is a whole number from 2");
        }
        return Optional.of(node.intValue());
    }

    private static CommandFailure malformed(Path file, String why) {
        return new CommandFailure("The expectations file " + file + " cannot be understood: " + why + ".");
    }
}
