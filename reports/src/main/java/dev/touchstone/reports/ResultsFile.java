package dev.touchstone.reports;

import static dev.touchstone.reports.ResultJson.list;
import static dev.touchstone.reports.ResultJson.strings;
import static dev.touchstone.reports.ResultJson.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Reads {@code conformance.json}, schema {@code touchstone.conformance/1} of docs/results.md. */
final class ResultsFile {
    private static final String SCHEMA = "touchstone.conformance/1";

    private ResultsFile() {}

    /** Throws an {@link IOException} whose message is one sentence when the file is missing or not of this schema. */
    static Results read(Path directory) throws IOException {
        JsonNode root = ResultJson.read(directory, "conformance.json", SCHEMA, "a run");
        Map<String, Results.Requirement> requirements = new LinkedHashMap<>();
        root.path("requirements").forEach(node -> requirements.put(text(node, "id"), requirement(node)));
        return new Results(root, requirements, list(root.path("scenarios"), ResultsFile::scenario));
    }

    private static Results.Requirement requirement(JsonNode node) {
        return new Results.Requirement(
                text(node, "id"),
                text(node, "area_title"),
                text(node, "level"),
                text(node, "profile"),
                text(node, "text"),
                node.path("planned").asBoolean(false),
                text(node, "verdict"),
                strings(node.path("scenarios")),
                text(node, "reason"));
    }

    private static Results.Scenario scenario(JsonNode node) {
        // A scenario that ran several times in a row stands as often in the file; reports need names that differ.
        int round = node.path("round").asInt(1);
        return new Results.Scenario(
                text(node, "id") + (round > 1 ? " round " + round : ""),
                text(node, "name") + (round > 1 ? ", round " + round : ""),
                text(node, "feature"),
                text(node, "feature_text"),
                strings(node.path("requirements")),
                text(node, "verdict"),
                instant(text(node, "started_at")),
                node.path("duration_ms").asDouble(0),
                list(node.path("steps"), ResultsFile::step),
                text(node, "message"),
                text(node, "curl"),
                list(node.path("figures"), ResultsFile::figure),
                list(node.path("evidence"), ResultsFile::evidence));
    }

    private static Results.Step step(JsonNode node) {
        return new Results.Step(
                text(node, "keyword").strip(),
                text(node, "text"),
                text(node, "argument"),
                text(node, "status"),
                node.path("duration_ms").asDouble(0),
                list(node.path("verdicts"), ResultsFile::judgement));
    }

    private static Results.Judgement judgement(JsonNode node) {
        return new Results.Judgement(
                text(node, "kind"),
                text(node, "rule"),
                text(node, "summary"),
                list(node.path("findings"), ResultsFile::finding));
    }

    private static Results.Finding finding(JsonNode node) {
        return new Results.Finding(
                text(node, "expected"), text(node, "actual"), text(node, "byte_offset"), number(node.path("at_ms")));
    }

    private static Results.Figure figure(JsonNode node) {
        return new Results.Figure(
                text(node, "name"), number(node.path("value")), text(node, "unit"), number(node.path("budget")));
    }

    private static Results.Evidence evidence(JsonNode node) {
        return new Results.Evidence(text(node, "name"), text(node, "file"), text(node, "media_type"));
    }

    /** At most three decimals, none that are zero; empty where there is no number. */
    private static String number(JsonNode node) {
        if (!node.isNumber()) {
            return "";
        }
        String fixed = String.format(Locale.ROOT, "%.3f", node.asDouble());
        return fixed.replaceAll("0+$", "").replaceAll("\\.$", "");
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            return Instant.EPOCH; // a report with a wrong clock is better than none
        }
    }
}
