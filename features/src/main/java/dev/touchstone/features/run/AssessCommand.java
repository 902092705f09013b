package dev.touchstone.features.run;

import dev.touchstone.harness.cli.Command;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** {@code touchstone assess}: judges again what an earlier run saw. */
@CommandLine.Command(
        name = "assess",
        description = "Judges again the evidence that a run left, without a worker and without traffic.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {"", "Exit status: as that of the run."})
public final class AssessCommand implements Command, Callable<Integer> {

    @CommandLine.Parameters(
            paramLabel = "DIR",
            defaultValue = "target/touchstone",
            description = "Results directory of the run; default ${DEFAULT-VALUE}.")
    private Path from = Path.of("target", "touchstone");

    @CommandLine.Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the new results go; default DIR/assessed.")
    private Optional<Path> out = Optional.empty();

    @CommandLine.Option(
            names = "--expect",
            paramLabel = "FILE",
            description = "What is known to be broken; default touchstone-expect.yaml where it exists.")
    private Optional<Path> expectations = Optional.empty();

    @CommandLine.Option(names = "--no-report", description = "Write conformance.json and evidence only.")
    private boolean noReport;

    @CommandLine.Option(names = "--verbose", description = "Tell every scenario and what each held check looked at.")
    private boolean verbose;

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        Account account = new Account(spec.commandLine().getOut(), Ink.forTerminal(), verbose);
        return new Assessment(
                        from,
                        out.orElse(from.resolve("assessed")),
                        !noReport,
                        expectations,
                        account,
                        ScenarioSource.CONTRACT)
                .execute();
    }
}
