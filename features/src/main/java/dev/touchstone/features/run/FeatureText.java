package dev.touchstone.features.run;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A feature file as text: its title, its prose, and each scenario as it is written.
 *
 * @param lines the file's lines, without line ends
 */
record FeatureText(List<String> lines) {

    FeatureText {
        lines = List.copyOf(lines);
    }

    /** Reads a classpath resource; a file that is gone reads as empty. */
    static FeatureText read(String resource) throws IOException {
        ClassLoader loader = Optional.ofNullable(Thread.currentThread().getContextClassLoader())
                .orElseGet(ClassLoader::getSystemClassLoader);
        try (InputStream in = loader.getResourceAsStream(resource)) {
            return new FeatureText(
                    in == null
                            ? List.of()
                            : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                                    .lines()
                                    .toList());
        }
    }

    String title() {
        return lines.stream()
                .map(String::strip)
                .filter(l -> l.startsWith("Feature:"))
                .map(l -> l.substring("Feature:".length()).strip())
                .findFirst()
                .orElse("");
    }

    /** The prose under {@code Feature:}, lines joined by line feeds. */
    String prose() {
        List<String> prose = new ArrayList<>();
        boolean inside = false;
        for (String line : lines.stream().map(String::strip).toList()) {
            if (inside && (line.startsWith("@") || line.startsWith("Background:") || startsBlock(line))) {
                break;
            }
            if (inside && !line.startsWith("#")) {
                prose.add(line);
            }
            inside |= line.startsWith("Feature:");
        }
        return String.join("\n", prose).strip();
    }

    /** The scenario that holds this line (from 1), with its steps, tables and examples. */
    String scenario(int line) {
        int start = Math.min(line, lines.size()) - 1;
        while (start > 0 && !startsBlock(lines.get(start).strip())) {
            start--;
        }
        int end = start + 1;
        while (end < lines.size() && !startsBlock(lines.get(end).strip())) {
            end++;
        }
        while (end > start + 1
                && (lines.get(end - 1).isBlank() || lines.get(end - 1).strip().startsWith("@"))) {
            end--;
        }
        return start < 0 ? "" : String.join("\n", lines.subList(start, end));
    }

    /** How many steps of the scenario are actions: {@code When} and the {@code And} lines after it. */
    int actions(int line) {
        int actions = 0;
        boolean acting = false;
        for (String step : scenario(line).lines().map(String::strip).toList()) {
            if (step.startsWith("When ")) {
                acting = true;
            } else if (step.startsWith("Given ") || step.startsWith("Then ")) {
                acting = false;
            }
            boolean isStep = step.startsWith("When ") || step.startsWith("And ") || step.startsWith("But ");
            actions += acting && isStep ? 1 : 0;
        }
        return actions;
    }

    private static boolean startsBlock(String line) {
        return line.startsWith("Scenario:")
                || line.startsWith("Scenario Outline:")
                || line.startsWith("Example:")
                || line.startsWith("Rule:");
    }
}
