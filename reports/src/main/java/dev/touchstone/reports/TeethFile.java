package dev.touchstone.reports;

import static dev.touchstone.reports.ResultJson.list;
import static dev.touchstone.reports.ResultJson.strings;
import static dev.touchstone.reports.ResultJson.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads {@code teeth.json}, schema {@code touchstone.teeth/1}. An entry of {@code ledger} may also have {@code area_title}
 * and {@code text}, as the requirements of {@code conformance.json} have.
 */
final class TeethFile {
    private static final String SCHEMA = "touchstone.teeth/1";
    private static final List<String> LISTS = List.of("faults", "innocents", "unseen", "ledger", "bugs");

    private TeethFile() {}

    /** Throws an {@link IOException} whose message is one sentence when the file is missing or not of this schema. */
    static Teeth read(Path directory) throws IOException {
        JsonNode root = ResultJson.read(directory, "teeth.json", SCHEMA, "'touchstone teeth'");
        Path file = directory.resolve("teeth.json");
        for (String name : LISTS) {
            if (!root.path(name).isArray()) {
                throw new IOException(file + " has no list '" + name + "', which " + SCHEMA + " asks for.");
            }
        }
        outcomes(file, root.path("faults"), List.of("killed", "survived", "void"));
        outcomes(file, root.path("innocents"), List.of("quiet", "false_alarm", "void"));
        return new Teeth(
                run(root),
                totals(root.path("totals")),
                list(root.path("faults"), TeethFile::fault),
                list(root.path("innocents"), TeethFile::innocent),
                list(root.path("unseen"), TeethFile::unseen),
                list(root.path("ledger"), TeethFile::promise),
                list(root.path("bugs"), TeethFile::bug));
    }

    /** An outcome that a page does not know would vanish from it. */
    private static void outcomes(Path file, JsonNode entries, List<String> accepted) throws IOException {
        for (JsonNode entry : entries) {
            String outcome = text(entry, "outcome");
            if (!accepted.contains(outcome)) {
                throw new IOException("%s: '%s' has outcome '%s', but only %s are accepted."
                        .formatted(file, text(entry, "id"), outcome, String.join(", ", accepted)));
            }
        }
    }

    private static Teeth.Run run(JsonNode root) {
        JsonNode tool = root.path("tool");
        JsonNode host = root.path("host");
        return new Teeth.Run(
                (text(tool, "name") + " " + text(tool, "version")).strip(),
                text(root, "started_at"),
                root.path("duration_ms").asDouble(0),
                text(root, "tier"),
                root.path("noise").asBoolean(false),
                root.path("rounds").asInt(1),
                root.path("lanes").asInt(1),
                text(host, "os"),
                text(host, "cores"),
                text(host, "java"));
    }

    private static Teeth.Totals totals(JsonNode node) {
        return new Teeth.Totals(
                node.path("faults").asInt(0),
                node.path("killed").asInt(0),
                node.path("survived").asInt(0),
                node.path("void").asInt(0),
                node.path("innocents").asInt(0),
                node.path("quiet").asInt(0),
                node.path("false_alarms").asInt(0),
                node.path("innocents_void").asInt(0));
    }

    private static Teeth.Fault fault(JsonNode node) {
        return new Teeth.Fault(
                text(node, "id"),
                text(node, "layer"),
                text(node, "what"),
                text(node, "outcome"),
                text(node, "reason"),
                text(node, "intermittent"),
                text(node, "dialect"),
                node.path("recorded").asBoolean(false),
                list(node.path("bugs"), b -> new Teeth.BugSource(text(b, "id"), text(b, "bug"), text(b, "source"))),
                list(node.path("teeth"), t -> new Teeth.Tooth(text(t, "requirement"), text(t, "phrase"))),
                node.path("fired").asLong(0),
                node.path("duration_ms").asDouble(0),
                node.path("twin").path("clean").asBoolean(false),
                text(node.path("twin"), "words"),
                list(node.path("requirements"), TeethFile::judged));
    }

    private static Teeth.Judged judged(JsonNode node) {
        return new Teeth.Judged(
                text(node, "id"),
                text(node, "level"),
                text(node, "text"),
                text(node, "fragment"),
                text(node, "verdict"),
                node.path("named").asBoolean(false),
                list(node.path("findings"), TeethFile::finding));
    }

    private static Teeth.Finding finding(JsonNode node) {
        return new Teeth.Finding(
                text(node, "scenario"),
                text(node, "name"),
                text(node, "expected"),
                text(node, "actual"),
                strings(node.path("evidence")));
    }

    private static Teeth.Innocent innocent(JsonNode node) {
        return new Teeth.Innocent(
                text(node, "id"),
                text(node, "what"),
                text(node, "source"),
                text(node, "layer"),
                text(node, "selection"),
                text(node, "dialect"),
                node.path("rounds").asInt(1),
                node.path("requirements_judged").asInt(0),
                text(node, "outcome"),
                text(node, "reason"),
                node.path("fired").asLong(0),
                node.path("duration_ms").asDouble(0),
                list(node.path("alarms"), TeethFile::alarm));
    }

    private static Teeth.Alarm alarm(JsonNode node) {
        return new Teeth.Alarm(
                text(node, "id"),
                text(node, "round"),
                text(node, "expected"),
                text(node, "actual"),
                text(node, "scenario"),
                text(node, "name"));
    }

    private static Teeth.Unseen unseen(JsonNode node) {
        return new Teeth.Unseen(text(node, "kind"), text(node, "id"), text(node, "phrase"), text(node, "why"));
    }

    private static Teeth.Promise promise(JsonNode node) {
        return new Teeth.Promise(
                text(node, "id"),
                text(node, "level"),
                text(node, "area_title"),
                text(node, "text"),
                list(
                        node.path("phrases"),
                        p -> new Teeth.Phrase(
                                text(p, "phrase"),
                                strings(p.path("faults")),
                                p.path("killed").asBoolean(false),
                                text(p, "unseen"))));
    }

    private static Teeth.FieldBug bug(JsonNode node) {
        return new Teeth.FieldBug(
                text(node, "id"),
                text(node, "area"),
                text(node, "bug"),
                text(node, "source"),
                strings(node.path("faults")),
                node.path("killed").asBoolean(false),
                text(node, "unseen"));
    }
}
