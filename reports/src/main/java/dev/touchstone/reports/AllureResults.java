package dev.touchstone.reports;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Writes a run as Allure 2 result files, one test a scenario. Inconclusive scenarios carry no status, which Allure shows
 * as "unknown", so that they never look like a pass, a failure or a skip.
 */
final class AllureResults {
    private final ObjectMapper json = new ObjectMapper();
    private final Results results;
    private final Path source;
    private final Path target;

    AllureResults(Results results, Path source, Path target) {
        this.results = results;
        this.source = source.toAbsolutePath().normalize();
        this.target = target;
    }

    void write() throws IOException {
        Files.createDirectories(target);
        try (DirectoryStream<Path> old = Files.newDirectoryStream(target, Files::isRegularFile)) {
            for (Path file : old) {
                Files.delete(file);
            }
        }
        for (Results.Scenario scenario : results.scenarios()) {
            String uuid = stableId(scenario.id());
            json.writeValue(target.resolve(uuid + "-result.json").toFile(), test(uuid, scenario));
        }
        json.writeValue(target.resolve("categories.json").toFile(), categories());
        Files.writeString(target.resolve("environment.properties"), environment());
        json.writeValue(
                target.resolve("executor.json").toFile(),
                Map.of("name", "Touchstone", "type", "touchstone", "buildName", results.totalsLine()));
    }

    private Map<String, Object> test(String uuid, Results.Scenario scenario) throws IOException {
        long start = scenario.start().toEpochMilli();
        Map<String, Object> test = new LinkedHashMap<>();
        test.put("uuid", uuid);
        test.put("historyId", uuid);
        test.put("testCaseId", uuid);
        test.put("name", (String.join(" ", scenario.requirements()) + " " + scenario.name()).strip());
        test.put("fullName", scenario.id());
        status(test, scenario.verdict());
        if (!scenario.isPassed()) {
            test.put("statusDetails", Map.of("message", scenario.headline(), "trace", trace(scenario)));
        }
        test.put("stage", "finished");
        test.put("start", start);
        test.put("stop", start + Math.round(scenario.durationMs()));
        test.put("description", new Description(results, scenario).markdown());
        test.put("labels", labels(scenario));
        test.put("steps", steps(scenario, start));
        test.put("attachments", attachments(uuid, scenario));
        return test;
    }

    private static void status(Map<String, Object> item, String verdict) {
        switch (verdict) {
            case "held", "observed" -> item.put("status", "passed");
            case "broken" -> item.put("status", "failed");
            case "unsupported" -> item.put("status", "skipped");
            case "kit_error" -> item.put("status", "broken");
            default -> {}
        }
    }

    /** Its first line names the level, by which the categories sort. */
    private String trace(Results.Scenario scenario) {
        StringBuilder trace = new StringBuilder("Level ").append(results.level(scenario));
        scenario.steps()
                .forEach(step -> step.verdicts().forEach(v -> {
                    trace.append("\n").append(v.sentence());
                    v.findings().stream()
                            .skip(1)
                            .forEach(f -> trace.append("\n  also ").append(f.sentence()));
                }));
        return (scenario.curl().isEmpty() ? trace : trace.append("\n\n").append(scenario.curl())).toString();
    }

    private List<Map<String, String>> labels(Results.Scenario scenario) {
        List<Map<String, String>> labels = new ArrayList<>();
        String level = results.level(scenario);
        String epic = "Other";
        for (String id : scenario.requirements()) {
            Results.Requirement requirement = results.requirements().get(id);
            if (requirement != null) {
                epic = requirement.areaTitle();
                labels.add(label("story", id + " " + requirement.level()));
            }
            labels.add(label("tag", id));
        }
        labels.add(label("tag", scenario.verdict()));
        labels.add(label("epic", epic));
        labels.add(label("feature", scenario.feature()));
        labels.add(label("parentSuite", epic));
        labels.add(label("suite", scenario.feature()));
        labels.add(label("framework", "touchstone"));
        labels.add(label("host", results.root().path("host").path("os").asText("host")));
        labels.add(label("severity", level.equals("MUST") ? "critical" : level.equals("SHOULD") ? "normal" : "minor"));
        return labels;
    }

    private static Map<String, String> label(String name, String value) {
        return Map.of("name", name, "value", value);
    }

    private List<Map<String, Object>> steps(Results.Scenario scenario, long start) throws IOException {
        List<Map<String, Object>> steps = new ArrayList<>();
        double at = start;
        int number = 0;
        for (Results.Step step : scenario.steps()) {
            number++;
            Map<String, Object> item = step(step.keyword() + " " + step.text(), at, step.durationMs());
            item.put("status", step.status());
            step.verdicts().stream()
                    .map(Results.Judgement::kind)
                    .filter(kind -> !kind.equals("held") && !kind.equals("observed"))
                    .findFirst()
                    .ifPresent(kind -> {
                        item.remove("status");
                        status(item, kind);
                    });
            at += step.durationMs();
            double end = at;
            item.put("steps", step.verdicts().stream().map(v -> judged(v, end)).toList());
            if (!step.argument().isEmpty()) {
                String name = stableId(scenario.id()) + "-" + number + "-argument.txt";
                item.put("attachments", List.of(attachment("doc string", name, "text/plain", bytes(step.argument()))));
            }
            steps.add(item);
        }
        return steps;
    }

    private static Map<String, Object> judged(Results.Judgement verdict, double at) {
        Map<String, Object> item = step(verdict.sentence(), at, 0);
        status(item, verdict.kind());
        List<Map<String, String>> parameters = new ArrayList<>();
        for (Results.Finding finding : verdict.findings()) {
            parameters.add(label("expected", finding.expected()));
            parameters.add(label("actual", finding.actual()));
            if (!finding.byteOffset().isEmpty()) {
                parameters.add(label("byte offset", finding.byteOffset()));
            }
            if (!finding.atMs().isEmpty()) {
                parameters.add(label("at", finding.atMs() + " ms"));
            }
        }
        item.put("parameters", parameters);
        return item;
    }

    private static Map<String, Object> step(String name, double start, double durationMs) {
        Map<String, Object> item = new LinkedHashMap<>();
        item.put("name", name);
        item.put("start", Math.round(start));
        item.put("stop", Math.round(start + durationMs));
        return item;
    }

    private List<Map<String, String>> attachments(String uuid, Results.Scenario scenario) throws IOException {
        List<Map<String, String>> attachments = new ArrayList<>();
        if (!scenario.curl().isEmpty()) {
            attachments.add(attachment("curl", uuid + "-curl.txt", "text/plain", bytes(scenario.curl())));
        }
        for (Results.Evidence evidence : scenario.evidence()) {
            Path file = source.resolve(evidence.file()).normalize();
            if (file.startsWith(source) && Files.isRegularFile(file)) {
                String name = uuid + "-" + attachments.size() + "-" + file.getFileName();
                attachments.add(attachment(evidence.name(), name, evidence.mediaType(), Files.readAllBytes(file)));
            }
        }
        return attachments;
    }

    private Map<String, String> attachment(String name, String file, String type, byte[] content) throws IOException {
        Files.write(target.resolve(file), content);
        return Map.of("name", name, "source", file, "type", type.isEmpty() ? "text/plain" : type);
    }

    private static List<Map<String, Object>> categories() {
        return List.of(
                Map.of("name", "Broken MUST", "matchedStatuses", List.of("failed"), "traceRegex", "Level MUST.*"),
                Map.of("name", "Broken SHOULD", "matchedStatuses", List.of("failed"), "traceRegex", "Level SHOULD.*"),
                Map.of("name", "Broken MAY", "matchedStatuses", List.of("failed"), "traceRegex", "Level MAY.*"),
                Map.of("name", "Inconclusive: cannot be told here", "matchedStatuses", List.of("unknown")),
                Map.of("name", "Unsupported", "matchedStatuses", List.of("skipped")),
                Map.of("name", "Kit error", "matchedStatuses", List.of("broken")));
    }

    private String environment() {
        var root = results.root();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Target", root.path("target").path("url").asText(""));
        facts.put("Dialect", root.path("target").path("dialect").asText(""));
        facts.put("Model", root.path("target").path("model").asText(""));
        facts.put("Profile", root.path("profile").asText(""));
        facts.put(
                "Host",
                root.path("host").path("os").asText("") + ", "
                        + root.path("host").path("cores").asText("?") + " cores, Java "
                        + root.path("host").path("java").asText("?"));
        facts.put("Verdicts", results.totalsLine());
        results.scenarios()
                .forEach(scenario -> scenario.figures()
                        .forEach(figure -> facts.put(
                                String.join(" ", scenario.requirements()) + " " + figure.name(), figure.text())));
        StringBuilder properties = new StringBuilder();
        facts.forEach((name, value) -> properties
                .append(escape(name))
                .append('=')
                .append(escape(value))
                .append('\n'));
        return properties.toString();
    }

    /** Escapes for the format of {@link java.util.Properties}: names keep their blanks, all else is ASCII. */
    private static String escape(String text) {
        StringBuilder out = new StringBuilder();
        for (char c : text.toCharArray()) {
            if (" :=#!\\".indexOf(c) >= 0) {
                out.append('\\').append(c);
            } else if (c < 0x20 || c > 0x7e) {
                out.append("\\u%04x".formatted((int) c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String stableId(String scenarioId) {
        return UUID.nameUUIDFromBytes(bytes(scenarioId)).toString();
    }
}
