package dev.touchstone.harness.verdict;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.harness.json.MalformedEvidence;
import dev.touchstone.harness.json.StrictNode;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Writes a verdict as JSON with all its details and reads it back. */
public final class VerdictJson {

    private VerdictJson() {}

    /** @param redact what is done to every text before it is written */
    public static ObjectNode write(Verdict verdict, UnaryOperator<String> redact) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("kind", kind(verdict)).put("rule", verdict.rule()).put("summary", redact.apply(verdict.summary()));
        if (verdict instanceof Verdict.Broken broken) {
            ArrayNode findings = node.putArray("findings");
            broken.findings().forEach(f -> finding(findings.addObject(), f, redact));
        }
        if (verdict instanceof Verdict.Observed observed) {
            ArrayNode figures = node.putArray("figures");
            observed.figures().forEach(f -> {
                ObjectNode figure = figures.addObject()
                        .put("name", f.name())
                        .put("value", f.value())
                        .put("unit", f.unit());
                f.budget().ifPresent(budget -> figure.put("budget", budget));
            });
        }
        return node;
    }

    private static void finding(ObjectNode node, Finding finding, UnaryOperator<String> redact) {
        node.put("expected", redact.apply(finding.expected())).put("actual", redact.apply(finding.actual()));
        finding.byteOffset().ifPresent(offset -> node.put("byte_offset", offset));
        finding.atMillis().ifPresent(at -> node.put("at_ms", at));
    }

    /** @throws MalformedEvidence where it is no verdict */
    public static Verdict read(StrictNode node) {
        String rule = node.text("rule");
        String summary = node.text("summary");
        return switch (node.text("kind")) {
            case "held" -> new Verdict.Held(rule, summary);
            case "broken" -> new Verdict.Broken(rule, findings(node));
            case "unsupported" -> new Verdict.Unsupported(rule, summary);
            case "observed" -> new Verdict.Observed(rule, summary, figures(node));
            case "inconclusive" -> new Verdict.Inconclusive(rule, summary);
            case "kit_error" -> new Verdict.KitError(rule, summary);
            default -> throw new MalformedEvidence(node.where() + ".kind is '" + node.text("kind") + "'");
        };
    }

    private static List<Finding> findings(StrictNode node) {
        List<Finding> findings = node.list("findings").stream()
                .map(f -> new Finding(
                        f.text("expected"), f.text("actual"), f.findInteger("byte_offset"), f.findDecimal("at_ms")))
                .toList();
        return Optional.of(findings)
                .filter(f -> !f.isEmpty())
                .orElseThrow(() -> new MalformedEvidence(node.where() + ".findings is empty"));
    }

    private static List<Figure> figures(StrictNode node) {
        return node.list("figures").stream()
                .map(f -> new Figure(f.text("name"), f.get("value").decimal(), f.text("unit"), f.findDecimal("budget")))
                .toList();
    }

    private static String kind(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Held _ -> "held";
            case Verdict.Broken _ -> "broken";
            case Verdict.Unsupported _ -> "unsupported";
            case Verdict.Observed _ -> "observed";
            case Verdict.Inconclusive _ -> "inconclusive";
            case Verdict.KitError _ -> "kit_error";
        };
    }
}
