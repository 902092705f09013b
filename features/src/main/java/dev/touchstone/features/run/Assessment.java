package dev.touchstone.features.run;

import dev.touchstone.features.steps.CurrentStage;
import dev.touchstone.harness.cli.CommandFailure;
import dev.touchstone.harness.contract.ContractCatalogue;
import dev.touchstone.harness.contract.Requirement;
import dev.touchstone.harness.target.Skills;
import dev.touchstone.harness.transcript.Redaction;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Judges again what an earlier run saw: every judging step, no traffic, no worker. */
final class Assessment {

    private final Path from;
    private final Path out;
    private final boolean report;
    private final Optional<Path> expectations;
    private final Account account;
    private final ScenarioSource suite;
    private final ContractCatalogue catalogue = Contract.catalogue();

    /**
     * @param from the results directory of the run
     * @param out where the new results go, another directory
     */
    Assessment(
            Path from, Path out, boolean report, Optional<Path> expectations, Account account, ScenarioSource suite) {
        this.from = from;
        this.out = out;
        this.report = report;
        this.expectations = expectations;
        this.account = account;
        this.suite = suite;
    }

    /**
     * Judges, writes and tells; returns the exit status.
     *
     * @throws CommandFailure with one sentence where evidence is missing or damaged
     */
    int execute() throws InterruptedException {
        if (out.toAbsolutePath().normalize().equals(from.toAbsolutePath().normalize())) {
            throw new CommandFailure("The results would take the place of their own evidence in " + from
                    + "; give another directory by --out.");
        }
        Expectations expected = Expectations.read(expectations);
        EarlierEvidence evidence = EarlierEvidence.read(from);
        RunFile run = evidence.run();
        if (!run.circumstances().profile().equals(Contract.PROFILE)) {
            throw new CommandFailure("The run was of profile "
                    + run.circumstances().profile() + "; this build judges " + Contract.PROFILE + ".");
        }
        Plan plan = plan(run, new SuiteLauncher(suite).discover());
        account.judgingAgain(from, run.circumstances());
        RunSession session = judge(evidence, plan);
        Summary summary = conclude(expected, run, plan, session.results());
        differences(evidence, session.results(), summary).forEach(account::difference);
        return summary.exitStatus();
    }

    private Plan plan(RunFile run, List<FoundScenario> found) {
        Map<String, Requirement> byId =
                catalogue.requirements().stream().collect(Collectors.toMap(Requirement::id, Function.identity()));
        List<FoundScenario> scenarios = run.scenarios().entrySet().stream()
                .map(s -> found.stream()
                        .filter(f -> f.id().equals(s.getKey()) && f.name().equals(s.getValue()))
                        .findFirst()
                        .orElseThrow(() -> new CommandFailure("The run had a scenario '" + s.getValue() + "' at "
                                + s.getKey() + ", which this build has not; judge it again by the build that ran it.")))
                .toList();
        List<Requirement> planned = run.planned().stream()
                .map(id -> Optional.ofNullable(byId.get(id))
                        .orElseThrow(
                                () -> new CommandFailure("The run judged " + id + ", which this build does not know.")))
                .toList();
        return new Plan(catalogue.requirements(), planned, scenarios, run.left(), run.unsupported());
    }

    private RunSession judge(EarlierEvidence evidence, Plan plan) throws InterruptedException {
        Circumstances run = evidence.run().circumstances();
        Map<String, Requirement> byId =
                plan.catalogue().stream().collect(Collectors.toMap(Requirement::id, Function.identity()));
        RunSession session = new RunSession(
                suite,
                plan,
                new RunSession.Lent(
                        run.facts().target(),
                        run.facts().capabilities(),
                        Optional.empty(),
                        () -> run.skills().orElse(Skills.none()),
                        HostOnce.ofAnEarlierRun(),
                        evidence),
                result -> evidence.scenario(result.id(), result.round())
                        .map(recorded -> recorded.dated(result))
                        .orElse(result),
                result -> account.scenario(result, byId));
        account.begin(run.facts(), plan, run.manner());
        CurrentStage.set(session);
        RunListener.listenFor(session);
        try {
            for (int round = 1; round <= run.manner().rounds(); round++) {
                session.beginRound(round);
                new SuiteLauncher(suite).run(recorded(plan, evidence, round), session.waiting());
            }
        } finally {
            RunListener.listenForNone();
            CurrentStage.clear();
        }
        return session;
    }

    private static List<FoundScenario> recorded(Plan plan, EarlierEvidence evidence, int round) {
        return plan.scenarios().stream()
                .filter(s -> evidence.scenario(s.id(), round).isPresent())
                .toList();
    }

    private Summary conclude(Expectations expected, RunFile run, Plan plan, List<ScenarioResult> results) {
        // what was expected then counts as of then
        Clock then = Clock.fixed(run.circumstances().startedAt(), ZoneId.systemDefault());
        return new Conclusion(out, report, account, catalogue, expected, Redaction.none(), then)
                .conclude(plan, results, run.circumstances());
    }

    private static List<String> differences(EarlierEvidence evidence, List<ScenarioResult> results, Summary summary) {
        List<String> differences = new ArrayList<>();
        for (ScenarioResult result : results) {
            evidence.scenario(result.id(), result.round())
                    .ifPresent(before -> before.verdicts().forEach((rule, kind) -> {
                        if (result.verdictOf(rule) != kind) {
                            differences.add(rule + " in " + result.id() + " was " + kind.key() + " and is now "
                                    + result.verdictOf(rule).key());
                        }
                    }));
        }
        if (summary.exitStatus() != evidence.run().exitStatus()) {
            differences.add(
                    "the exit status was " + evidence.run().exitStatus() + " and is now " + summary.exitStatus());
        }
        return differences;
    }
}
