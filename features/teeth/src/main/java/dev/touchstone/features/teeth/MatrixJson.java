package dev.touchstone.features.teeth;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.harness.cli.ToolVersion;
import dev.touchstone.harness.contract.Requirement;
import dev.touchstone.harness.json.JsonDocument;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes {@code teeth.json}, schema {@code touchstone.teeth/1} as docs/teeth.md states it. */
final class MatrixJson {

    private final ObjectMapper json = new ObjectMapper();
    private final FaultCatalogue catalogue;
    private final Matrix.Results results;
    private final Set<String> killed;

    MatrixJson(FaultCatalogue catalogue, Matrix.Results results) {
        this.catalogue = catalogue;
        this.results = results;
        this.killed = results.trials().stream()
                .filter(trial -> trial.outcome() == TrialResult.Outcome.KILLED)
                .map(TrialResult::id)
                .collect(Collectors.toSet());
    }

    /**
     * How the matrix was judged.
     *
     * @param tier {@code fast}, {@code all} or {@code selected}
     */
    record Manner(String tier, boolean noise, int rounds, int lanes, Instant startedAt, Duration duration) {}

    String text(Manner manner) {
        ObjectNode root = json.createObjectNode();
        root.put("schema", "touchstone.teeth/1");
        root.putObject("tool").put("name", "touchstone").put("version", ToolVersion.text());
        root.put(
                "started_at",
                manner.startedAt()
                        .truncatedTo(java.time.temporal.ChronoUnit.MILLIS)
                        .toString());
        root.put("duration_ms", manner.duration().toMillis());
        root.put("tier", manner.tier()).put("noise", manner.noise());
        root.put("rounds", manner.rounds()).put("lanes", manner.lanes());
        root.putObject("host")
                .put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"))
                .put("cores", Runtime.getRuntime().availableProcessors())
                .put("java", System.getProperty("java.version"));
        totals(root.putObject("totals"));
        ArrayNode faults = root.putArray("faults");
        results.trials()
                .forEach(trial ->
                        catalogue.fault(trial.id()).ifPresent(fault -> fault(faults.addObject(), fault, trial)));
        ArrayNode innocents = root.putArray("innocents");
        for (Innocent innocent : Innocent.all()) {
            results.innocents().stream()
                    .filter(result -> result.id().equals(innocent.id()))
                    .forEach(result -> innocent(innocents.addObject(), innocent, result));
        }
        unseen(root.putArray("unseen"));
        ledger(root.putArray("ledger"));
        bugs(root.putArray("bugs"));
        return JsonDocument.text(root, true);
    }

    private void totals(ObjectNode node) {
        node.put("faults", results.trials().size());
        for (TrialResult.Outcome outcome : TrialResult.Outcome.values()) {
            node.put(
                    word(outcome),
                    results.trials().stream()
                            .filter(t -> t.outcome() == outcome)
                            .count());
        }
        node.put("innocents", results.innocents().size());
        node.put("quiet", count(InnocentResult.Outcome.QUIET));
        node.put("false_alarms", count(InnocentResult.Outcome.FALSE_ALARM));
        node.put("innocents_void", count(InnocentResult.Outcome.VOID));
    }

    private long count(InnocentResult.Outcome outcome) {
        return results.innocents().stream().filter(i -> i.outcome() == outcome).count();
    }

    private void fault(ObjectNode node, Fault fault, TrialResult trial) {
        node.put("id", fault.id()).put("layer", fault.layer().key()).put("what", fault.what());
        node.put("outcome", word(trial.outcome())).put("reason", trial.reason());
        node.put("intermittent", fault.intermittent()).put("fast", fault.fast());
        node.put("dialect", fault.dialect().name().toLowerCase(Locale.ROOT))
                .put("recorded", !trial.recorded().isEmpty());
        node.put("evidence", trial.recorded());
        ArrayNode models = node.putArray("bugs");
        fault.bugs().forEach(id -> {
            FieldBug bug = catalogue.bugs().get(id);
            if (bug != null) {
                models.addObject().put("id", id).put("bug", bug.bug()).put("source", bug.source());
            }
        });
        ArrayNode teeth = node.putArray("teeth");
        fault.teeth()
                .forEach(phrase -> teeth.addObject()
                        .put("requirement", phrase.requirement())
                        .put("phrase", phrase.text()));
        node.put("fired", trial.fired()).put("duration_ms", Math.round(trial.durationMillis()));
        node.putObject("twin").put("clean", trial.twin()).put("words", trial.twinWords());
        ArrayNode requirements = node.putArray("requirements");
        trial.requirements().forEach(named -> requirement(requirements.addObject(), fault, named));
    }

    private void requirement(ObjectNode node, Fault fault, TrialResult.Named named) {
        Requirement requirement = catalogue.contract().require(named.id());
        node.put("id", named.id()).put("level", requirement.level().name()).put("text", requirement.text());
        node.put("fragment", fault.breaks().getOrDefault(named.id(), ""));
        node.put("verdict", named.verdict()).put("named", named.named());
        ArrayNode findings = node.putArray("findings");
        for (TrialResult.Found found : named.findings()) {
            ObjectNode finding = findings.addObject();
            finding.put("scenario", found.scenario()).put("name", found.name());
            finding.put("expected", found.expected()).put("actual", found.actual());
            found.evidence().forEach(finding.putArray("evidence")::add);
        }
    }

    private static void innocent(ObjectNode node, Innocent innocent, InnocentResult result) {
        node.put("id", result.id()).put("what", innocent.what()).put("source", innocent.source());
        node.put("layer", innocent.layer().key())
                .put("selection", innocent.only().orElse(""));
        node.put("dialect", innocent.dialect().name().toLowerCase(Locale.ROOT));
        node.put("rounds", result.rounds()).put("requirements_judged", result.judged());
        node.put("outcome", result.outcome().name().toLowerCase(Locale.ROOT)).put("reason", result.reason());
        node.put("fired", result.fired()).put("duration_ms", Math.round(result.durationMillis()));
        ArrayNode alarms = node.putArray("alarms");
        result.alarms()
                .forEach(alarm -> alarms.addObject()
                        .put("id", alarm.id())
                        .put("round", alarm.round())
                        .put("expected", alarm.expected())
                        .put("actual", alarm.actual())
                        .put("scenario", alarm.scenario())
                        .put("name", alarm.name()));
    }

    private void unseen(ArrayNode list) {
        for (Unseen unseen : catalogue.unseen()) {
            ObjectNode node = list.addObject().put("kind", unseen.isBug() ? "bug" : "phrase");
            String[] parts = unseen.subject().split(": ", 2);
            node.put("id", parts[0])
                    .put("phrase", parts.length > 1 ? parts[1] : "")
                    .put("why", unseen.why());
        }
    }

    private String why(String subject) {
        return catalogue.unseen().stream()
                .filter(unseen -> unseen.subject().equals(subject))
                .map(Unseen::why)
                .findFirst()
                .orElse("");
    }

    private void ledger(ArrayNode list) {
        for (Requirement requirement : catalogue.contract().requirements()) {
            ObjectNode node = list.addObject()
                    .put("id", requirement.id())
                    .put("level", requirement.level().name());
            ArrayNode phrases = node.putArray("phrases");
            for (String phrase : FaultCatalogue.phrases(requirement)) {
                Fault.Phrase sought = new Fault.Phrase(requirement.id(), phrase);
                List<String> faults = catalogue.faults().stream()
                        .filter(fault -> fault.teeth().contains(sought))
                        .map(Fault::id)
                        .toList();
                covered(phrases.addObject().put("phrase", phrase), faults, why(sought.toString()));
            }
        }
    }

    private void bugs(ArrayNode list) {
        for (FieldBug bug : catalogue.bugs().values()) {
            ObjectNode node = list.addObject().put("id", bug.id()).put("area", bug.area());
            node.put("bug", bug.bug()).put("source", bug.source());
            List<String> faults = catalogue.faults().stream()
                    .filter(fault -> fault.bugs().contains(bug.id()))
                    .map(Fault::id)
                    .toList();
            covered(node, faults, why(bug.id()));
        }
    }

    private void covered(ObjectNode node, List<String> faults, String unseen) {
        faults.forEach(node.putArray("faults")::add);
        node.put("killed", faults.stream().anyMatch(killed::contains)).put("unseen", unseen);
    }

    private static String word(TrialResult.Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }
}
