package dev.touchstone.features.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.touchstone.harness.cli.ToolVersion;
import dev.touchstone.harness.contract.ContractCatalogue;
import dev.touchstone.harness.contract.Requirement;
import dev.touchstone.harness.json.JsonDocument;
import dev.touchstone.harness.target.BudgetScale;
import dev.touchstone.harness.transcript.Redaction;
import dev.touchstone.harness.verdict.Figure;
import dev.touchstone.harness.verdict.Finding;
import dev.touchstone.harness.verdict.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** Writes {@code conformance.json}, schema {@code touchstone.conformance/1} as docs/results.md states it. */
final class ResultWriter {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final ObjectMapper json = new ObjectMapper();
    private final Redaction redaction;
    private final Path results;
    private final ContractCatalogue catalogue;

    ResultWriter(Path results, ContractCatalogue catalogue, Redaction redaction) {
        this.redaction = redaction;
        this.results = results;
        this.catalogue = catalogue;
    }

    /** Writes the evidence and then the file that names it. Returns the file. */
    Path write(Summary summary, Circumstances run) throws IOException {
        Files.createDirectories(results);
        ObjectNode root = json.createObjectNode();
        root.put("schema", "touchstone.conformance/1");
        root.putObject("tool").put("name", "touchstone").put("version", ToolVersion.text());
        root.put("profile", run.profile());
        root.put("started_at", TIME.format(run.startedAt()));
        root.put("duration_ms", millis(run.duration().toNanos() / 1e6));
        root.put("smoke", run.manner().smoke()).put("rounds", run.manner().rounds());
        target(root.putObject("target"), run);
        budgets(root.putObject("budgets"), run);
        root.putObject("host")
                .put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"))
                .put("cores", Runtime.getRuntime().availableProcessors())
                .put("java", System.getProperty("java.version"));
        totals(root.putObject("totals"), summary.totals());
        root.put("exit_status", summary.exitStatus());
        ArrayNode requirements = root.putArray("requirements");
        summary.outcomes().forEach(outcome -> requirement(requirements.addObject(), outcome, run.manner()));
        expectations(root.putObject("expectations"), summary);
        ArrayNode scenarios = root.putArray("scenarios");
        EvidenceFiles evidence = new EvidenceFiles(results, redaction);
        for (ScenarioResult result : summary.results()) {
            scenario(scenarios.addObject(), result, evidence.write(result));
        }
        Path runFile = results.resolve(RunFile.PLACE);
        Files.createDirectories(runFile.getParent());
        write(runFile, RunFile.write(summary, run));
        Path file = results.resolve("conformance.json");
        write(file, root);
        return file;
    }

    /** The token is no more than a text that a worker may have echoed anywhere; so it is taken out of the whole. */
    private void write(Path file, ObjectNode root) throws IOException {
        Files.writeString(file, JsonDocument.text(redacted(root), true));
    }

    private JsonNode redacted(JsonNode node) {
        return switch (node) {
            case TextNode text -> TextNode.valueOf(redaction.text(text.textValue()));
            case ObjectNode object -> {
                ObjectNode copy = json.createObjectNode();
                object.properties().forEach(e -> copy.set(redaction.text(e.getKey()), redacted(e.getValue())));
                yield copy;
            }
            case ArrayNode array -> {
                ArrayNode copy = json.createArrayNode();
                array.forEach(element -> copy.add(redacted(element)));
                yield copy;
            }
            default -> node;
        };
    }

    private static void budgets(ObjectNode node, Circumstances run) {
        node.put("round_trip_ms", millis(run.timing().roundTrip().toNanos() / 1e6));
        node.put("jitter_ms", millis(run.timing().jitter().toNanos() / 1e6));
        node.put("allowance_ms", millis(BudgetScale.allowance(run.timing()).toNanos() / 1e6));
        node.set("applied", FactsJson.budgets(run.facts().target().budgets()));
    }

    private static void expectations(ObjectNode node, Summary summary) {
        summary.faults().forEach(node.putArray("faults")::add);
        node.put("paste", String.join("\n", summary.paste()));
    }

    private static void target(ObjectNode node, Circumstances run) {
        node.put("url", run.facts().url());
        node.put("dialect", run.facts().target().dialect().name().toLowerCase(Locale.ROOT));
        node.put("model", run.facts().model());
        run.command().ifPresent(command -> node.put("worker_command", command));
        node.set("health", run.facts().health());
    }

    private static void totals(ObjectNode node, Totals totals) {
        node.put("planned", totals.planned()).put("run", totals.run());
        for (Kind kind : Kind.values()) {
            node.put(kind.key(), totals.count(kind));
        }
    }

    private void requirement(ObjectNode node, RequirementOutcome outcome, Manner manner) {
        Requirement requirement = outcome.requirement();
        node.put("id", requirement.id()).put("area", requirement.area());
        node.put("area_title", catalogue.areaTitle(requirement.area()));
        node.put("level", requirement.level().name());
        node.put("profile", requirement.profile().name().toLowerCase(Locale.ROOT));
        node.put("text", requirement.text()).put("planned", outcome.planned());
        outcome.verdict().ifPresent(verdict -> node.put("verdict", verdict.key()));
        outcome.reason().ifPresent(reason -> node.put("reason", reason));
        outcome.scenarios().forEach(node.putArray("scenarios")::add);
        if (manner.rounds() > 1 && outcome.verdict().isPresent()) {
            node.put("broken_rounds", outcome.brokenRounds()).put("flaky", outcome.isFlaky(manner.rounds()));
        }
        outcome.excuse().ifPresent(entry -> {
            ObjectNode excuse = node.putObject("expected");
            excuse.put("flaky", entry.flaky()).put("reason", entry.reason()).put("link", entry.link());
            entry.until().ifPresent(until -> excuse.put("until", until.toString()));
            entry.rate().ifPresent(rate -> excuse.put("rate", rate));
            entry.runs().ifPresent(runs -> excuse.put("runs", runs));
        });
    }

    private static void scenario(ObjectNode node, ScenarioResult result, List<EvidenceFiles.Written> files) {
        node.put("id", result.id()).put("name", result.name());
        node.put("feature", result.feature()).put("feature_text", result.featureText());
        result.requirements().forEach(node.putArray("requirements")::add);
        node.put("verdict", result.verdict().key());
        if (result.round() > 1) {
            node.put("round", result.round());
        }
        node.put("started_at", TIME.format(result.startedAt()));
        node.put("duration_ms", millis(result.durationMillis()));
        ArrayNode steps = node.putArray("steps");
        result.steps().forEach(step -> step(steps.addObject(), step));
        result.message().ifPresent(message -> node.put("message", message));
        result.curl().ifPresent(curl -> node.put("curl", curl));
        ArrayNode figures = node.putArray("figures");
        result.figures().forEach(figure -> figure(figures.addObject(), figure));
        ArrayNode evidence = node.putArray("evidence");
        files.forEach(file -> evidence.addObject()
                .put("name", file.name())
                .put("file", file.file())
                .put("media_type", "text/plain"));
    }

    private static void step(ObjectNode node, StepResult step) {
        node.put("keyword", step.keyword()).put("text", step.text());
        step.argument().ifPresent(argument -> node.put("argument", argument));
        node.put("status", step.status()).put("duration_ms", millis(step.durationMillis()));
        ArrayNode verdicts = node.putArray("verdicts");
        step.verdicts().forEach(verdict -> verdict(verdicts.addObject(), verdict));
    }

    private static void verdict(ObjectNode node, Verdict verdict) {
        node.put("kind", Kind.of(verdict).key()).put("rule", verdict.rule()).put("summary", verdict.summary());
        if (verdict instanceof Verdict.Broken broken) {
            ArrayNode findings = node.putArray("findings");
            broken.findings().forEach(finding -> finding(findings.addObject(), finding));
        }
    }

    private static void finding(ObjectNode node, Finding finding) {
        node.put("expected", finding.expected()).put("actual", finding.actual());
        finding.byteOffset().ifPresent(offset -> node.put("byte_offset", offset));
        finding.atMillis().ifPresent(at -> node.put("at_ms", millis(at)));
    }

    private static void figure(ObjectNode node, Figure figure) {
        node.put("name", figure.name()).put("value", figure.value()).put("unit", figure.unit());
        figure.budget().ifPresent(budget -> node.put("budget", budget));
    }

    private static double millis(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
