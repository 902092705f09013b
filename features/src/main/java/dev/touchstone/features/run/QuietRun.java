package dev.touchstone.features.run;

import dev.touchstone.harness.cli.CommandFailure;
import dev.touchstone.harness.target.Budgets;
import dev.touchstone.harness.target.Dialect;
import dev.touchstone.harness.verdict.Finding;
import dev.touchstone.harness.verdict.Verdict;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A run for a program rather than for a person: nothing is printed, no report is made, and what it came to is returned.
 * One at a time in a process.
 */
public final class QuietRun {

    private Optional<List<FoundScenario>> found = Optional.empty();

    /**
     * What is judged.
     *
     * @param url of a running worker; url or command is there
     * @param command by which the kit starts the worker; where there is a url too, only those beside it
     * @param only selection of requirements, such as {@code EV-02,TX}; all where it is empty
     * @param budgets changed limits, each {@code name=value}
     * @param smoke only the quick subset of the scenarios
     * @param breakEngine template of a command that makes the engine of a worker that the kit started fail for good
     * @param modelBytes bytes of all tensors of the model
     * @param out where the results and the evidence go
     * @param watch of what is found on the way
     * @param host where the worker's host is looked at, if not on this machine; only with a url
     */
    public record Request(
            Optional<String> url,
            Optional<String> command,
            Optional<String> only,
            Dialect dialect,
            List<String> budgets,
            boolean smoke,
            Optional<String> breakEngine,
            OptionalLong modelBytes,
            Path out,
            Watch watch,
            Optional<HostEvidence> host) {

        public Request {
            budgets = List.copyOf(budgets);
        }

        /** The same with the host's evidence from there. */
        public Request withHost(HostEvidence evidence) {
            return new Request(
                    url,
                    command,
                    only,
                    dialect,
                    budgets,
                    smoke,
                    breakEngine,
                    modelBytes,
                    out,
                    watch,
                    Optional.of(evidence));
        }

        /** The same, watched. */
        public Request withWatch(Watch watch) {
            return new Request(url, command, only, dialect, budgets, smoke, breakEngine, modelBytes, out, watch, host);
        }
    }

    /** Looks at what a run finds, one finding at a time, and may have seen enough. */
    @FunctionalInterface
    public interface Watch {
        /** Sees the run to its end. */
        Watch TO_THE_END = (_, _) -> false;

        /** Whether no further scenario needs to begin. */
        boolean hasEnough(String requirement, Broken finding);
    }

    /**
     * What a requirement came to.
     *
     * @param verdict the word of the result schema, such as {@code broken}; empty where it was not judged
     * @param reason why it was not judged, or what the verdict says when it is not broken
     */
    public record Judged(String id, Optional<String> verdict, String reason, List<Broken> broken) {
        public Judged {
            broken = List.copyOf(broken);
        }

        public boolean isBroken() {
            return verdict.filter("broken"::equals).isPresent();
        }
    }

    /**
     * One finding against a requirement.
     *
     * @param scenario its id, such as {@code event-order/order.feature:12}
     * @param evidence folder of the scenario's evidence, relative to the results directory
     */
    public record Broken(String scenario, String name, String expected, String actual, String evidence) {}

    /** What the whole run came to; requirements that are neither planned nor selected are left out. */
    public record Outcome(int exitStatus, int scenarios, List<Judged> requirements) {
        public Outcome {
            requirements = List.copyOf(requirements);
        }
    }

    /**
     * Judges.
     *
     * @throws CommandFailure with one sentence when the worker cannot be started or reached
     */
    public Outcome judge(Request request) throws InterruptedException {
        Account silence = new Account(new PrintWriter(Writer.nullWriter()), Ink.PLAIN, false);
        ConformanceRun run = new ConformanceRun(settings(request), silence, ScenarioSource.CONTRACT);
        request.host().ifPresent(run::lookAt);
        run.until(result -> findings(result, request.watch()));
        Summary summary = run.summarise(Optional.of(scenarios()));
        return new Outcome(
                summary.exitStatus(),
                summary.results().size(),
                summary.outcomes().stream()
                        .filter(RequirementOutcome::planned)
                        .map(outcome -> judged(outcome, summary.results()))
                        .toList());
    }

    /** Shows the watch all that a scenario found. */
    private static boolean findings(ScenarioResult result, Watch watch) {
        boolean enough = false;
        for (String id : result.requirements()) {
            for (Broken finding : broken(id, result).toList()) {
                enough |= watch.hasEnough(id, finding);
            }
        }
        return enough;
    }

    private List<FoundScenario> scenarios() {
        if (found.isEmpty()) {
            found = Optional.of(new SuiteLauncher(ScenarioSource.CONTRACT).discover());
        }
        return found.get();
    }

    private static RunSettings settings(Request request) {
        return new RunSettings(
                request.url(),
                request.command(),
                request.only(),
                Set.of(),
                request.out(),
                new TargetProbe.Hints(
                        Optional.empty(),
                        request.dialect(),
                        Optional.empty(),
                        Optional.empty(),
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        request.modelBytes()),
                Budgets.defaults().withAll(request.budgets()),
                false,
                new Manner(request.smoke(), 1, Optional.empty(), RunCommand.names(request.budgets())),
                request.breakEngine());
    }

    private static Judged judged(RequirementOutcome outcome, List<ScenarioResult> results) {
        String id = outcome.requirement().id();
        List<ScenarioResult> own = results.stream()
                .filter(result -> result.requirements().contains(id))
                .toList();
        List<Broken> broken = own.stream().flatMap(result -> broken(id, result)).toList();
        String reason = outcome.reason()
                .orElseGet(() -> own.stream()
                        .filter(result -> outcome.verdict()
                                .filter(result.verdictOf(id)::equals)
                                .isPresent())
                        .map(result -> words(id, result))
                        .findFirst()
                        .orElse(""));
        return new Judged(id, outcome.verdict().map(Kind::key), reason, broken);
    }

    private static Stream<Broken> broken(String id, ScenarioResult result) {
        return result.verdicts().stream()
                .filter(verdict -> verdict.rule().equals(id))
                .flatMap(verdict -> verdict instanceof Verdict.Broken b ? b.findings().stream() : Stream.<Finding>of())
                .map(finding -> new Broken(
                        result.id(),
                        result.name(),
                        finding.expected(),
                        finding.actual(),
                        EvidenceFiles.folder(result.id(), result.round())));
    }

    private static String words(String id, ScenarioResult result) {
        return Stream.concat(
                        result.kitErrors().stream(),
                        result.verdicts().stream()
                                .filter(verdict ->
                                        verdict.rule().equals(id) && Kind.of(verdict) == result.verdictOf(id))
                                .map(Verdict::summary))
                .findFirst()
                .or(result::message)
                .orElse("");
    }
}
