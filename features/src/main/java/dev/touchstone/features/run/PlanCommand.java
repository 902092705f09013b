package dev.touchstone.features.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.touchstone.harness.cli.Command;
import dev.touchstone.harness.cli.CommandFailure;
import dev.touchstone.harness.client.OpenAiWire;
import dev.touchstone.harness.contract.ContractCatalogue;
import dev.touchstone.harness.contract.Requirement;
import dev.touchstone.harness.target.Capabilities;
import dev.touchstone.harness.target.Target;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** {@code touchstone plan}: tells what a run would do, with no traffic beyond {@code GET /health}. */
@CommandLine.Command(
        name = "plan",
        description = "Shows what a run would judge, without judging it.",
        mixinStandardHelpOptions = true)
public final class PlanCommand implements Command, Callable<Integer> {

    @CommandLine.Parameters(
            arity = "0..1",
            paramLabel = "URL",
            description = "Ask this worker's /health what it is; without it all but launch and gpu is shown.")
    private Optional<String> url = Optional.empty();

    @CommandLine.Option(
            names = "--only",
            paramLabel = "LIST",
            description = "Only these requirement ids, areas or profiles, such as EV-02,HL,perf.")
    private Optional<String> only = Optional.empty();

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException, IOException {
        ContractCatalogue catalogue = Contract.catalogue();
        TargetFacts facts = facts();
        Plan plan = new Planner(catalogue, new SuiteLauncher(ScenarioSource.CONTRACT).discover())
                .plan(facts, only, Set.of());
        if (plan.planned().isEmpty()) {
            throw new CommandFailure("A run would judge nothing: "
                    + String.join("; ", plan.left().keySet()) + ".");
        }
        print(spec.commandLine().getOut(), plan);
        return 0;
    }

    private TargetFacts facts() throws InterruptedException {
        if (url.isPresent()) {
            TargetFacts asked =
                    new TargetProbe(TargetProbe.Hints.none()).probe(TargetProbe.baseUrl(url.get()), false, true);
            // Whether the OpenAI routes exist would take further requests; a run asks, a plan assumes so.
            return new TargetFacts(assumed(asked.target()), asked.capabilities(), false, asked.health());
        }
        JsonNode health = JsonNodeFactory.instance.objectNode();
        return new TargetFacts(assumed(Target.at("http://any.worker")), Capabilities.of(health, "{}"), false, health);
    }

    private static Target assumed(Target target) {
        return target.withOpenAi(new OpenAiWire("any", OpenAiWire.Route.COMPLETIONS, true));
    }

    static void print(PrintWriter out, Plan plan) throws IOException {
        int requests = 0;
        for (Requirement requirement : plan.planned()) {
            List<FoundScenario> scenarios = plan.scenariosOf(requirement);
            out.println(requirement.id() + "  " + requirement.level() + "  "
                    + requirement.profile().name().toLowerCase(Locale.ROOT));
            for (FoundScenario scenario : scenarios) {
                out.println("    " + scenario.id() + "  " + scenario.name() + ", " + amount(requests(scenario)));
            }
        }
        for (FoundScenario scenario : plan.scenarios()) {
            requests += requests(scenario);
        }
        out.println("planned " + plan.planned().size() + " requirements in "
                + plan.scenarios().size() + " scenarios, about " + requests + " requests");
        plan.left().forEach((reason, ids) -> out.println("not planned: " + reason + ": " + String.join(", ", ids)));
        out.flush();
    }

    private static String amount(int requests) {
        return requests == 1 ? "1 request" : "about " + requests + " requests";
    }

    private static int requests(FoundScenario scenario) throws IOException {
        return scenario.declaredRequests().isPresent()
                ? scenario.declaredRequests().getAsInt()
                : FeatureText.read(scenario.resource()).actions(scenario.line());
    }
}
