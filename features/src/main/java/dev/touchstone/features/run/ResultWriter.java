package dev.touchstone.features.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.harness.cli.ToolVersion;
import dev.touchstone.harness.contract.ContractCatalogue;
import dev.touchstone.harness.contract.Requirement;
import dev.touchstone.harness.transcript.Redaction;
import dev.touchstone.harness.verdict.Figure;
import dev.touchstone.harness.verdict.Finding;
import dev.touchstone.harness.verdict.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

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

    /**
     * What the file says of the run beside its results.
     *
     * @param command the worker's command line, where the kit started it
     */
    record Circumstances(
            String profile, Instant startedAt, Duration duration, TargetFacts target, Optional<String> command) {}

    /** Writes the evidence and then the file that names it. Returns the file. */
    Path write(Summary summary, Circumstances run) throws IOException {
        Files.createDirectories(results);
        ObjectNode root = json.createObjectNode();
        root.put("schema", "touchstone.conformance/1");
        root.putObject("tool").put("name", "touchstone").put("version", ToolVersion.text());
        root.put("profile", run.profile());
        root.put("started_at", TIME.format(run.startedAt()));
        root.put("duration_ms", millis(run.duration().toNanos() / 1e6));
        target(root.putObject("target"), run);
        root.putObject("host")
                .put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"))
                .put("cores", Runtime.getRuntime().availableProcessors())
                .put("java", System.getProperty("java.version"));
        totals(root.putObject("totals"), summary.totals());
        root.put("exit_status", summary.exitStatus());
        ArrayNode requirements = root.putArray("requirements");
        summary.outcomes().forEach(outcome -> requirement(requirements.addObject(), outcome));
        ArrayNode scenarios = root.putArray("scenarios");
        EvidenceFiles evidence = new EvidenceFiles(results, redaction);
        for (ScenarioResult result : summary.results()) {
            scenario(scenarios.addObject(), result, evidence.write(result));
        }
        Path file = results.resolve("conformance.json");
        json.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), root);
        return file;
    }

    private static void target(ObjectNode node, Circumstances run) {
        node.put("url", run.target().url());
        node.put("dialect", run.target().target().dialect().name().toLowerCase(Locale.ROOT));
        node.put("model", run.target().model());
        run.command().ifPresent(command -> node.put("worker_command", command));
        node.set("health", run.target().health());
    }

    private static void totals(ObjectNode node, Totals totals) {
        node.put("planned", totals.planned()).put("run", totals.run());
        for (Kind kind : Kind.values()) {
            node.put(kind.key(), totals.count(kind));
        }
    }

    private void requirement(ObjectNode node, RequirementOutcome outcome) {
        Requirement requirement = outcome.requirement();
        node.put("id", requirement.id()).put("area", requirement.area());
        node.put("area_title", catalogue.areaTitle(requirement.area()));
        node.put("level", requirement.level().name());
        node.put("profile", requirement.profile().name().toLowerCase(Locale.ROOT));
        node.put("text", requirement.text()).put("planned", outcome.planned());
        outcome.verdict().ifPresent(verdict -> node.put("verdict", verdict.key()));
        outcome.reason().ifPresent(reason -> node.put("reason", reason));
        outcome.scenarios().forEach(node.putArray("scenarios")::add);
    }

    private static void scenario(ObjectNode node, ScenarioResult result, List<EvidenceFiles.Written> files) {
        node.put("id", result.id()).put("name", result.name());
        node.put("feature", result.feature()).put("feature_text", result.featureText());
        result.requirements().forEach(node.putArray("requirements")::add);
        node.put("verdict", result.verdict().key());
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
