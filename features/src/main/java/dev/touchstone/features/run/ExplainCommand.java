package dev.touchstone.features.run;

import dev.touchstone.harness.cli.Command;
import dev.touchstone.harness.contract.ContractCatalogue;
import dev.touchstone.harness.contract.Requirement;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** {@code touchstone explain EV-04}: the promise, why it is made, how it is checked and how it breaks. */
@CommandLine.Command(
        name = "explain",
        description = "Explains one requirement: the promise, why, how it is checked, how it breaks.",
        mixinStandardHelpOptions = true)
public final class ExplainCommand implements Command, Callable<Integer> {

    @CommandLine.Parameters(paramLabel = "ID", description = "A requirement id such as EV-04.")
    private String id = "";

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        ContractCatalogue catalogue = Contract.catalogue();
        Requirement requirement = catalogue.require(id);
        List<FoundScenario> scenarios = new SuiteLauncher(ScenarioSource.CONTRACT)
                .discover().stream().filter(s -> s.proves(requirement.id())).toList();
        print(spec.commandLine().getOut(), catalogue, requirement, scenarios);
        return 0;
    }

    static void print(
            PrintWriter out, ContractCatalogue catalogue, Requirement requirement, List<FoundScenario> scenarios)
            throws IOException {
        out.println(requirement.id() + ", " + catalogue.areaTitle(requirement.area()) + ", " + requirement.level()
                + ", profile " + requirement.profile().name().toLowerCase(Locale.ROOT));
        out.println();
        out.println("The promise");
        indent(out, requirement.text());
        Set<String> why = new LinkedHashSet<>();
        Set<String> how = new LinkedHashSet<>();
        for (FoundScenario scenario : scenarios) {
            FeatureText feature = FeatureText.read(scenario.resource());
            why.add(feature.prose());
            how.add(feature.scenario(scenario.line()));
        }
        section(out, "Why", why);
        section(out, "How it is checked", how.isEmpty() ? Set.of("No scenario judges it yet.") : how);
        section(
                out,
                "How a worker breaks it",
                new LinkedHashSet<>(List.of(requirement.teeth().split(";\\s*"))));
        section(
                out,
                "If it breaks, look at",
                Set.of(Diagnoses.read().of(requirement.id()).orElse(Diagnoses.GENERAL)));
        out.flush();
    }

    private static void section(PrintWriter out, String title, Set<String> texts) {
        if (texts.isEmpty()) {
            return;
        }
        out.println();
        out.println(title);
        texts.forEach(text -> indent(out, text));
    }

    private static void indent(PrintWriter out, String text) {
        text.stripIndent().lines().forEach(line -> out.println("  " + line));
    }
}
