package dev.touchstone.features.run;

import dev.touchstone.harness.cli.Command;
import dev.touchstone.harness.cli.CommandFailure;
import dev.touchstone.harness.contract.Profile;
import dev.touchstone.harness.target.Budgets;
import dev.touchstone.harness.target.Dialect;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;

/** {@code touchstone run}: judges a worker. */
@CommandLine.Command(
        name = "run",
        description = "Judges a worker by the contract and writes the evidence.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Exit status: 0 every planned MUST held; 1 a MUST is broken; 2 the kit failed, nothing or too little",
            "ran, or a MUST stayed inconclusive."
        })
public final class RunCommand implements Command, Callable<Integer> {

    @CommandLine.Parameters(
            arity = "0..1",
            paramLabel = "URL",
            description = "Base URL of a running worker; without it the reference worker is started.")
    private Optional<String> url = Optional.empty();

    @CommandLine.Option(
            names = "--worker-command",
            paramLabel = "COMMAND",
            description = "Start the worker by this command line; {port} stands for the port it must listen on.")
    private Optional<String> command = Optional.empty();

    @CommandLine.Option(
            names = "--break-engine",
            paramLabel = "COMMAND",
            description = "Command that makes the engine of a worker that the kit started fail for good (HL-05);"
                    + " {pid}, {port} and {url} stand for the worker's.")
    private Optional<String> breakEngine = Optional.empty();

    @CommandLine.Option(
            names = "--only",
            paramLabel = "LIST",
            description = "Only these requirement ids, areas or profiles, such as EV-02,HL,perf.")
    private Optional<String> only = Optional.empty();

    @CommandLine.Option(
            names = "--require",
            paramLabel = "PROFILE",
            description =
                    "Plan this profile even where the worker says it lacks it, and end with status 2 unless half of it"
                            + " could be judged; may be given several times: ${COMPLETION-CANDIDATES}.")
    private Set<Profile> required = Set.of();

    @CommandLine.Option(
            names = "--profile",
            defaultValue = Contract.PROFILE,
            description = "The frozen set of requirements; default ${DEFAULT-VALUE}.")
    private String profile = Contract.PROFILE;

    @CommandLine.Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "target/touchstone",
            description = "Where the results go; default ${DEFAULT-VALUE}.")
    private Path out = Path.of("target", "touchstone");

    @CommandLine.Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "File that holds the worker's bearer token.")
    private Optional<Path> tokenFile = Optional.empty();

    @CommandLine.Option(
            names = "--dialect",
            paramLabel = "NAME",
            defaultValue = "auto",
            description = "native, openai, or auto to find out; default ${DEFAULT-VALUE}.")
    private String dialect = "auto";

    @CommandLine.Option(
            names = "--health-path",
            paramLabel = "PATH",
            description = "Health route of a worker that has it elsewhere than at /health.")
    private Optional<String> healthPath = Optional.empty();

    @CommandLine.Option(
            names = "--model",
            paramLabel = "NAME",
            description = "Model that OpenAI-compatible requests ask for; the first that the worker lists otherwise.")
    private Optional<String> model = Optional.empty();

    @CommandLine.Option(
            names = "--context-length",
            paramLabel = "TOKENS",
            description = "Context length of a worker that does not tell it.")
    private Optional<String> contextLength = Optional.empty();

    @CommandLine.Option(
            names = "--pid",
            paramLabel = "N",
            description = "The worker's process on this host; found by the port of a local URL otherwise.")
    private Optional<String> pid = Optional.empty();

    @CommandLine.Option(
            names = "--model-bytes",
            paramLabel = "N",
            description = "Bytes of all tensors of the model, for the checks of GPU and host memory.")
    private Optional<String> modelBytes = Optional.empty();

    @CommandLine.Option(
            names = "--budget",
            paramLabel = "NAME=VALUE",
            description = "Change a limit of time, such as cancel=250ms; may be given several times.")
    private List<String> budgets = List.of();

    @CommandLine.Option(
            names = "--skew",
            paramLabel = "DURATION",
            description = "How far the worker's clock may be from this one, such as 30s.")
    private Optional<String> skew = Optional.empty();

    @CommandLine.Option(
            names = "--smoke",
            description = "Only a quick subset over all areas; says little where it holds, much where it breaks.")
    private boolean smoke;

    @CommandLine.Option(
            names = "--repeat",
            paramLabel = "N",
            defaultValue = "1",
            description = "Run everything planned N times in a row and show what breaks in some of them as flaky.")
    private String repeat = "1";

    @CommandLine.Option(
            names = "--expect",
            paramLabel = "FILE",
            description = "What is known to be broken; default touchstone-expect.yaml where it exists.")
    private Optional<Path> expectations = Optional.empty();

    @CommandLine.Option(names = "--no-report", description = "Write conformance.json and evidence only.")
    private boolean noReport;

    @CommandLine.Option(
            names = "--verbose",
            description = "Tell every scenario, what each held check looked at, and the budgets.")
    private boolean verbose;

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        if (!profile.equals(Contract.PROFILE)) {
            throw new CommandFailure("There is no profile '" + profile + "'; there is " + Contract.PROFILE + ".");
        }
        if (url.isPresent() && command.isPresent()) {
            throw new CommandFailure("Both a URL and --worker-command were given; give one of them.");
        }
        if (pid.isPresent() && url.isEmpty()) {
            throw new CommandFailure("--pid was given without a URL; the kit knows the process that it starts itself.");
        }
        url.ifPresent(TargetProbe::baseUrl);
        PrintWriter screen = spec.commandLine().getOut();
        return new ConformanceRun(settings(), new Account(screen, Ink.forTerminal(), verbose), ScenarioSource.CONTRACT)
                .execute();
    }

    private RunSettings settings() {
        Budgets chosen = Budgets.defaults().withAll(budgets);
        Budgets limits = skew.map(s -> chosen.with("clock-skew", s)).orElse(chosen);
        return new RunSettings(
                url,
                url.isPresent() ? Optional.empty() : Optional.of(workerCommand()),
                only,
                required,
                out,
                hints(),
                limits,
                !noReport,
                new Manner(smoke, rounds(repeat), expectations, names(budgets)),
                breakEngine());
    }

    private static int rounds(String text) {
        if (!text.matches("[1-9][0-9]{0,3}")) {
            throw new CommandFailure("--repeat is '" + text + "'; accepted is a number from 1 to 9999.");
        }
        return Integer.parseInt(text);
    }

    /** The names of budgets that are given as {@code name=value}. */
    static Set<String> names(Collection<String> budgets) {
        return budgets.stream().map(b -> b.split("=", 2)[0].strip()).collect(Collectors.toUnmodifiableSet());
    }

    private Optional<String> breakEngine() {
        if (breakEngine.isPresent() && url.isPresent()) {
            throw new CommandFailure(
                    "--break-engine was given with a URL; the kit breaks only workers that it starts.");
        }
        if (breakEngine.filter(String::isBlank).isPresent()) {
            throw new CommandFailure(
                    "The command that breaks the engine is empty; accepted is one such as 'pkill -9 -P {pid}'.");
        }
        return breakEngine;
    }

    private String workerCommand() {
        return command.or(() -> Optional.ofNullable(System.getProperty("touchstone.worker.command")))
                .orElseThrow(() -> new CommandFailure(
                        "No worker was named; give a URL, or --worker-command 'worker --port {port}'."));
    }

    private TargetProbe.Hints hints() {
        healthPath.filter(path -> !path.startsWith("/")).ifPresent(path -> {
            throw new CommandFailure("The health route is '" + path
                    + "'; accepted is a path that begins with a slash, such as /healthz.");
        });
        return new TargetProbe.Hints(
                tokenFile.map(TokenFile::read),
                dialect(dialect),
                healthPath,
                model,
                contextLength.map(RunCommand::tokens).map(OptionalLong::of).orElse(OptionalLong.empty()),
                pid.map(text -> number("process id", text))
                        .map(OptionalLong::of)
                        .orElse(OptionalLong.empty()),
                modelBytes
                        .map(text -> number("size of the model in bytes", text))
                        .map(OptionalLong::of)
                        .orElse(OptionalLong.empty()));
    }

    static Dialect dialect(String name) {
        return switch (name) {
            case "native" -> Dialect.NATIVE;
            case "openai" -> Dialect.OPENAI;
            case "auto" -> Dialect.AUTO;
            default ->
                throw new CommandFailure("There is no dialect '" + name + "'; accepted are native, openai and auto.");
        };
    }

    static long tokens(String text) {
        if (!text.matches("[1-9][0-9]{0,8}")) {
            throw new CommandFailure("The context length is '" + text + "'; accepted is a number of tokens from 1.");
        }
        return Long.parseLong(text);
    }

    private static long number(String what, String text) {
        if (!text.matches("[1-9][0-9]{0,17}")) {
            throw new CommandFailure("The " + what + " is '" + text + "'; accepted is a whole number from 1.");
        }
        return Long.parseLong(text);
    }
}
