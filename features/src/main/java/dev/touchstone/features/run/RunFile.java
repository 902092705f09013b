package dev.touchstone.features.run;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.harness.cli.ToolVersion;
import dev.touchstone.harness.contract.Profile;
import dev.touchstone.harness.contract.Requirement;
import dev.touchstone.harness.json.MalformedEvidence;
import dev.touchstone.harness.json.StrictNode;
import dev.touchstone.harness.target.EchoForm;
import dev.touchstone.harness.target.RecallForm;
import dev.touchstone.harness.target.Skills;
import dev.touchstone.harness.target.TargetTiming;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The file {@code evidence/run.json}: with the scenarios' own files all that {@code assess} needs.
 *
 * @param planned ids of the requirements that were to be judged
 * @param scenarios ids of the scenarios that were to run, with their names
 * @param ran those that did, each with its round
 * @param exitStatus what the run came to
 */
record RunFile(
        Circumstances circumstances,
        List<String> planned,
        Map<String, String> scenarios,
        Map<String, List<String>> left,
        Map<String, List<String>> unsupported,
        List<Ran> ran,
        int exitStatus) {

    /** Its place within the results directory. */
    static final String PLACE = "evidence/run.json";

    private static final String SCHEMA = "touchstone.run/1";

    record Ran(String scenario, int round) {}

    static ObjectNode write(Summary summary, Circumstances run) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("schema", SCHEMA).put("tool_version", ToolVersion.text()).put("profile", run.profile());
        node.put("started_at", run.startedAt().toString());
        node.put("duration_ns", run.duration().toNanos());
        node.put("exit_status", summary.exitStatus());
        node.put("smoke", run.manner().smoke()).put("rounds", run.manner().rounds());
        run.manner().required().stream()
                .sorted()
                .map(profile -> profile.name().toLowerCase(Locale.ROOT))
                .forEach(node.putArray("required")::add);
        run.command().ifPresent(command -> node.put("worker_command", command));
        node.set("target", FactsJson.write(run.facts()));
        node.putObject("timing")
                .put("round_trip_ns", run.timing().roundTrip().toNanos())
                .put("jitter_ns", run.timing().jitter().toNanos());
        run.skills().ifPresent(skills -> {
            ObjectNode known = node.putObject("skills");
            skills.echo().ifPresent(form -> known.put("echo", form.name()));
            skills.recall().ifPresent(form -> known.put("recall", form.name()));
        });
        Plan plan = summary.plan();
        plan.planned().stream().map(Requirement::id).forEach(node.putArray("planned")::add);
        ArrayNode scenarios = node.putArray("scenarios");
        plan.scenarios().forEach(s -> scenarios.addObject().put("id", s.id()).put("name", s.name()));
        reasons(node.putObject("not_planned"), plan.left());
        reasons(node.putObject("unsupported"), plan.unsupported());
        ArrayNode ran = node.putArray("ran");
        summary.results().forEach(r -> ran.addObject().put("scenario", r.id()).put("round", r.round()));
        return node;
    }

    private static void reasons(ObjectNode node, Map<String, List<String>> reasons) {
        reasons.forEach((reason, ids) -> ids.forEach(node.putArray(reason)::add));
    }

    /** @throws MalformedEvidence where it is damaged */
    static RunFile read(StrictNode node) {
        if (!node.text("schema").equals(SCHEMA)) {
            throw new MalformedEvidence("has the schema '" + node.text("schema") + "', where " + SCHEMA + " is read");
        }
        StrictNode timing = node.get("timing");
        Map<String, String> scenarios = new LinkedHashMap<>();
        node.list("scenarios").forEach(s -> scenarios.put(s.text("id"), s.text("name")));
        return new RunFile(
                new Circumstances(
                        node.text("profile"),
                        RecordedScenario.time(node.get("started_at")),
                        Duration.ofNanos(node.integer("duration_ns")),
                        FactsJson.read(node.get("target")),
                        new TargetTiming(
                                Duration.ofNanos(timing.integer("round_trip_ns")),
                                Duration.ofNanos(timing.integer("jitter_ns"))),
                        node.find("skills").map(RunFile::skills),
                        node.find("worker_command").map(StrictNode::text),
                        new Manner(
                                node.truth("smoke"),
                                node.number("rounds"),
                                Optional.empty(),
                                Set.of(),
                                required(node))),
                texts(node.get("planned")),
                scenarios,
                reasons(node.get("not_planned")),
                reasons(node.get("unsupported")),
                node.list("ran").stream()
                        .map(r -> new Ran(r.text("scenario"), r.number("round")))
                        .toList(),
                node.number("exit_status"));
    }

    /** Files of earlier builds do not tell it. */
    private static Set<Profile> required(StrictNode node) {
        return node.find("required").stream()
                .flatMap(list -> list.list().stream())
                .map(name -> Arrays.stream(Profile.values())
                        .filter(profile ->
                                profile.name().toLowerCase(Locale.ROOT).equals(name.text()))
                        .findFirst()
                        .orElseThrow(() -> new MalformedEvidence(name.where() + " is '" + name.text() + "'")))
                .collect(Collectors.toSet());
    }

    private static Skills skills(StrictNode node) {
        return new Skills(
                node.find("echo").map(n -> constant(EchoForm.values(), n)),
                node.find("recall").map(n -> constant(RecallForm.values(), n)));
    }

    private static <T extends Enum<T>> T constant(T[] values, StrictNode node) {
        return Arrays.stream(values)
                .filter(value -> value.name().equals(node.text()))
                .findFirst()
                .orElseThrow(() -> new MalformedEvidence(node.where() + " is '" + node.text() + "'"));
    }

    private static List<String> texts(StrictNode node) {
        return node.list().stream().map(StrictNode::text).toList();
    }

    private static Map<String, List<String>> reasons(StrictNode node) {
        Map<String, List<String>> reasons = new LinkedHashMap<>();
        node.members().forEach(member -> reasons.put(member.name(), texts(member.value())));
        return reasons;
    }
}
