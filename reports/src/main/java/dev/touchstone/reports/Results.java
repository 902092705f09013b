package dev.touchstone.reports;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code conformance.json} holds, as far as reports show it. Absent texts are empty.
 *
 * @param root the whole file, for the members that are only passed on
 * @param requirements by id, in file order
 */
record Results(JsonNode root, Map<String, Requirement> requirements, List<Scenario> scenarios) {

    record Requirement(
            String id,
            String areaTitle,
            String level,
            String profile,
            String text,
            boolean planned,
            String verdict,
            List<String> scenarios,
            String reason) {}

    record Scenario(
            String id,
            String name,
            String feature,
            String featureText,
            List<String> requirements,
            String verdict,
            Instant start,
            double durationMs,
            List<Step> steps,
            String message,
            String curl,
            List<Figure> figures,
            List<Evidence> evidence) {

        /** The judgement that decides: the first of the scenario's own kind. */
        Optional<Judgement> decisive() {
            return steps.stream()
                    .flatMap(step -> step.verdicts().stream())
                    .filter(judgement -> judgement.kind().equals(verdict))
                    .findFirst();
        }

        /** One line in the grammar of all messages; empty text never. */
        String headline() {
            return decisive()
                    .map(Judgement::sentence)
                    .orElseGet(() -> String.join(", ", requirements) + " " + verdict.replace('_', ' ')
                            + (message.isEmpty() ? "" : ": " + message));
        }

        /** The headline less the rule and verdict, for places that show those beside it. */
        String because() {
            return decisive().map(Judgement::reason).orElse(message.isEmpty() ? verdict.replace('_', ' ') : message);
        }

        boolean isPassed() {
            return verdict.equals("held") || verdict.equals("observed");
        }
    }

    record Step(
            String keyword, String text, String argument, String status, double durationMs, List<Judgement> verdicts) {}

    record Judgement(String kind, String rule, String summary, List<Finding> findings) {
        String sentence() {
            return rule + " " + kind.replace('_', ' ') + ": " + reason();
        }

        String reason() {
            return findings.isEmpty() ? summary : findings.getFirst().sentence();
        }
    }

    /** Offset and time are texts already, empty where there are none. */
    record Finding(String expected, String actual, String byteOffset, String atMs) {
        String sentence() {
            return "expected " + expected + ", but " + actual + place();
        }

        private String place() {
            List<String> places = new ArrayList<>();
            if (!byteOffset.isEmpty()) {
                places.add("byte " + byteOffset);
            }
            if (!atMs.isEmpty()) {
                places.add(atMs + " ms");
            }
            return places.isEmpty() ? "" : " (" + String.join(", ", places) + ")";
        }
    }

    record Figure(String name, String value, String unit, String budget) {
        String text() {
            return value + " " + unit + (budget.isEmpty() ? "" : " (budget " + budget + " " + unit + ")");
        }
    }

    record Evidence(String name, String file, String mediaType) {}

    String targetName() {
        JsonNode target = root.path("target");
        return (target.path("model").asText("") + " at " + target.path("url").asText("unknown target")).strip();
    }

    /** What the expectations file and repeated rounds say of a requirement, in a few words; empty where nothing. */
    String note(String requirement) {
        JsonNode node = member(requirement);
        List<String> notes = new ArrayList<>();
        JsonNode expected = node.path("expected");
        if (expected.isObject()) {
            notes.add((expected.path("flaky").asBoolean(false) ? "known to be flaky" : "expected") + ": "
                    + expected.path("reason").asText(""));
        }
        if (node.path("flaky").asBoolean(false)) {
            notes.add("flaky, broke in " + node.path("broken_rounds").asText("") + " of "
                    + root.path("rounds").asText("") + " rounds");
        }
        return String.join("; ", notes);
    }

    /** Whether a scenario is broken only in what the expectations file covers. */
    boolean isExpected(Scenario scenario) {
        List<String> broken = scenario.steps().stream()
                .flatMap(step -> step.verdicts().stream())
                .filter(judgement -> judgement.kind().equals("broken"))
                .map(Judgement::rule)
                .toList();
        return scenario.verdict().equals("broken")
                && !broken.isEmpty()
                && broken.stream().allMatch(rule -> member(rule).has("expected"));
    }

    private JsonNode member(String requirement) {
        for (JsonNode node : root.path("requirements")) {
            if (node.path("id").asText("").equals(requirement)) {
                return node;
            }
        }
        return MissingNode.getInstance();
    }

    int total(String kind) {
        return root.path("totals").path(kind).asInt(0);
    }

    /** The first line of every summary. */
    String totalsLine() {
        return "planned %d / run %d / held %d / observed %d / broken %d / unsupported %d / inconclusive %d / kit error %d"
                .formatted(
                        total("planned"),
                        total("run"),
                        total("held"),
                        total("observed"),
                        total("broken"),
                        total("unsupported"),
                        total("inconclusive"),
                        total("kit_error"));
    }

    /** The most binding level among the requirements that a scenario proves. */
    String level(Scenario scenario) {
        List<String> levels = scenario.requirements().stream()
                .map(id -> Optional.ofNullable(requirements.get(id)))
                .flatMap(Optional::stream)
                .map(Requirement::level)
                .toList();
        return List.of("MUST", "SHOULD", "MAY").stream()
                .filter(levels::contains)
                .findFirst()
                .orElse("MAY");
    }
}
