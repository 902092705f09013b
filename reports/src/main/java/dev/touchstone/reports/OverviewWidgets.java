package dev.touchstone.reports;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The first things a reader asks of a run, as data for the overview: did the worker pass and if not why, how fast it is,
 * and which worker it was. {@code requirement-tab.js} draws them.
 */
final class OverviewWidgets {
    private static final List<String> COUNTS =
            List.of("planned", "run", "held", "broken", "unsupported", "inconclusive", "observed", "kit_error");
    private static final List<String> WORST_FIRST =
            List.of("kit_error", "broken", "inconclusive", "unsupported", "observed", "held");
    private static final int BRIEF = 160;

    private record Count(String kind, String name, int value) {}

    private record Fact(String name, String value) {}

    private final Results results;
    private final Map<String, String> pages;

    /** @param pages Allure's page of a scenario, by the scenario's id */
    OverviewWidgets(Results results, Map<String, String> pages) {
        this.results = results;
        this.pages = pages;
    }

    Map<String, Object> verdict() {
        Map<String, Object> widget = new LinkedHashMap<>();
        widget.put("title", heading());
        widget.put("note", note());
        widget.put(
                "counts",
                COUNTS.stream()
                        .map(kind -> new Count(kind, spoken(kind), results.total(kind)))
                        .toList());
        widget.put(
                "troubles",
                results.requirements().values().stream()
                        .filter(r -> !List.of("", "held", "observed").contains(r.verdict()))
                        .sorted(Comparator.comparingInt(r -> WORST_FIRST.indexOf(r.verdict())))
                        .map(this::trouble)
                        .toList());
        return widget;
    }

    private String heading() {
        return switch (results.root().path("exit_status").asInt(-1)) {
            case 0 -> conforming();
            case 1 -> "Does not conform";
            case 2 -> results.total("broken") > 0 ? "Does not conform, and not all could be told" : "No verdict";
            default -> "No exit status was recorded";
        };
    }

    private String conforming() {
        boolean expected = results.requirements().keySet().stream()
                .anyMatch(id -> !results.note(id).isEmpty());
        String except = expected ? ", except what is expected to be broken" : "";
        return results.root().path("smoke").asBoolean(false)
                ? "Smoke run: every MUST of the quick subset held" + except
                : "Conforms: every planned MUST held" + except;
    }

    private String note() {
        long unplanned = results.requirements().values().stream()
                .filter(r -> !r.planned())
                .count();
        return "Counted in requirements of profile %s. %d scenarios, %.1f s, started %s, exit status %s. Not planned: %d."
                .formatted(
                        results.root().path("profile").asText("unknown"),
                        results.scenarios().size(),
                        results.root().path("duration_ms").asDouble(0) / 1000,
                        results.root()
                                .path("started_at")
                                .asText("at an unknown time")
                                .replaceAll("\\.\\d+Z$", "Z"),
                        results.root().path("exit_status").asText("unknown"),
                        unplanned);
    }

    private Map<String, Object> trouble(Results.Requirement requirement) {
        List<Results.Scenario> causes = results.scenarios().stream()
                .filter(s -> s.requirements().contains(requirement.id())
                        && s.verdict().equals(requirement.verdict()))
                .toList();
        Optional<Results.Scenario> first = causes.stream().findFirst();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", requirement.id());
        row.put("level", requirement.level());
        row.put("kind", requirement.verdict());
        row.put("name", spoken(requirement.verdict()));
        row.put("text", brief(first.map(Results.Scenario::because).orElse(requirement.text())));
        row.put("more", Math.max(0, causes.size() - 1));
        row.put(
                "page",
                first.flatMap(s -> Optional.ofNullable(pages.get(s.id()))).orElse(""));
        return row;
    }

    Map<String, Object> figures() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Results.Scenario scenario : results.scenarios()) {
            for (Results.Figure figure : scenario.figures()) {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("id", String.join(" ", scenario.requirements()));
                row.put("page", pages.getOrDefault(scenario.id(), ""));
                row.put("name", figure.name());
                // A scenario that could not measure reports zeros; to show them would look like a fast worker.
                boolean measured = scenario.isPassed() || scenario.verdict().equals("broken");
                row.put("value", measured ? figure.value() + " " + figure.unit() : "not measured");
                row.put("budget", figure.budget().isEmpty() ? "" : figure.budget() + " " + figure.unit());
                rows.add(row);
            }
        }
        return Map.of("rows", rows);
    }

    Map<String, Object> worker() {
        var target = results.root().path("target");
        var health = target.path("health");
        List<Fact> rows = new ArrayList<>();
        row(rows, "URL", target.path("url").asText(""));
        row(rows, "Dialect", target.path("dialect").asText(""));
        row(rows, "Model", target.path("model").asText(""));
        row(rows, "Weights", health.path("quant_kind").asText(""));
        row(rows, "Resident on a GPU", health.path("resident").asText(""));
        row(rows, "GPU memory, bytes", health.path("vram_bytes_used").asText(""));
        row(rows, "Context, tokens", health.path("context_length").asText(""));
        row(rows, "Worker id", health.path("worker_id").asText(""));
        var host = results.root().path("host");
        row(rows, "Kit ran on", host.path("os").asText(""));
        row(rows, "Cores there", host.path("cores").asText(""));
        row(rows, "Java there", host.path("java").asText(""));
        return Map.of("rows", rows);
    }

    private static void row(List<Fact> rows, String name, String value) {
        if (!value.isEmpty()) {
            rows.add(new Fact(name, value));
        }
    }

    /** Some workers say much; the scenario's own page has all of it. */
    private static String brief(String text) {
        return text.codePointCount(0, text.length()) <= BRIEF
                ? text
                : text.substring(0, text.offsetByCodePoints(0, BRIEF)) + "…";
    }

    private static String spoken(String kind) {
        return kind.replace('_', ' ');
    }
}
