package dev.touchstone.features.run;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.features.steps.Kept;
import dev.touchstone.features.steps.KeptJson;
import dev.touchstone.harness.json.MalformedEvidence;
import dev.touchstone.harness.json.StrictNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A scenario as an earlier run saw it, from {@code kept.json}.
 *
 * @param verdict what the run said of it as a whole
 * @param verdicts what the run said of each of its requirements
 * @param kitErrors what kept it from judging
 */
record RecordedScenario(
        String id,
        int round,
        Instant startedAt,
        double durationMillis,
        Kind verdict,
        Map<String, Kind> verdicts,
        List<String> kitErrors,
        Kept kept) {

    private static final String SCHEMA = "touchstone.kept/1";

    static ObjectNode write(ScenarioResult result) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("schema", SCHEMA).put("scenario", result.id()).put("name", result.name());
        node.put("round", result.round());
        node.put("started_at", result.startedAt().toString()).put("duration_ms", result.durationMillis());
        node.put("verdict", result.verdict().key());
        ObjectNode verdicts = node.putObject("verdicts");
        result.requirements()
                .forEach(id -> verdicts.put(id, result.verdictOf(id).key()));
        ArrayNode errors = node.putArray("kit_errors");
        result.kitErrors().forEach(errors::add);
        KeptJson.write(node, result.kept());
        return node;
    }

    /** @throws MalformedEvidence where the file is damaged */
    static RecordedScenario read(StrictNode node) {
        if (!node.text("schema").equals(SCHEMA)) {
            throw new MalformedEvidence("has the schema '" + node.text("schema") + "', where " + SCHEMA + " is read");
        }
        Map<String, Kind> verdicts = new TreeMap<>();
        node.get("verdicts").members().forEach(m -> verdicts.put(m.name(), kind(m.value())));
        return new RecordedScenario(
                node.text("scenario"),
                node.number("round"),
                time(node.get("started_at")),
                node.get("duration_ms").decimal(),
                kind(node.get("verdict")),
                verdicts,
                node.list("kit_errors").stream().map(StrictNode::text).toList(),
                KeptJson.read(node));
    }

    /** The result of judging it again, at the time and of the length that it had. */
    ScenarioResult dated(ScenarioResult again) {
        return new ScenarioResult(
                again.id(),
                again.name(),
                again.feature(),
                again.featureText(),
                again.requirements(),
                again.verdict(),
                startedAt,
                durationMillis,
                again.steps(),
                again.message(),
                again.figures(),
                again.kept(),
                again.kitErrors(),
                again.round(),
                again.evidence());
    }

    private static Kind kind(StrictNode node) {
        return Kind.ofKey(node.text())
                .orElseThrow(
                        () -> new MalformedEvidence(node.where() + " is '" + node.text() + "', which is no verdict"));
    }

    static Instant time(StrictNode node) {
        try {
            return Instant.parse(node.text());
        } catch (DateTimeException e) {
            throw new MalformedEvidence(node.where() + " is '" + node.text() + "', which is no time");
        }
    }
}
