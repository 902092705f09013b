package dev.touchstone.harness.cli;

import dev.touchstone.harness.contract.NearMatches;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import picocli.CommandLine;

/** The command line {@code touchstone}: finds its subcommands through {@link ServiceLoader} and runs one. */
public final class Main {

    private static final int KIT_ERROR = 2;

    private Main() {}

    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true);
        PrintWriter err = new PrintWriter(System.err, true);
        System.exit(run(out, err, args));
    }

    /** Runs one command and returns its exit status: 0, 1, or 2 for anything that kept it from its work. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        CommandLine root = new CommandLine(new Touchstone());
        ServiceLoader.load(Command.class).forEach(root::addSubcommand);
        companions()
                .ifPresent(text ->
                        root.getCommandSpec().usageMessage().footer(text.lines().toArray(String[]::new)));
        root.setOut(out).setErr(err).setCaseInsensitiveEnumValuesAllowed(true);
        root.setParameterExceptionHandler((e, _) ->
                say(err, oneSentence(noSuchCommand(e).orElse("" + e.getMessage())) + " See touchstone --help."));
        root.setExecutionExceptionHandler((e, _, _) -> failed(err, e));
        try {
            return root.execute(args);
        } catch (LinkageError | StackOverflowError | OutOfMemoryError e) {
            // status 1 means "a promise is broken": an error of the kit must not pass for that
            return failed(err, e);
        }
    }

    /** What the shell launcher can do beside this program (serve, model, bench); it tells us through a property. */
    private static Optional<String> companions() {
        return Optional.ofNullable(System.getProperty("touchstone.companion.help"));
    }

    /** What picocli calls an unmatched argument, where it stands in a command's place. */
    private static Optional<String> noSuchCommand(CommandLine.ParameterException e) {
        if (!(e instanceof CommandLine.UnmatchedArgumentException unmatched)
                || e.getCommandLine().getParent() != null) {
            return Optional.empty();
        }
        String name = unmatched.getUnmatched().getFirst();
        if (name.startsWith("-")) {
            return Optional.empty();
        }
        List<String> near =
                NearMatches.of(name, e.getCommandLine().getSubcommands().keySet());
        return Optional.of(
                "There is no command '" + name + "'" + (near.isEmpty() ? "" : "; near is " + String.join(", ", near)));
    }

    private static int failed(PrintWriter err, Throwable e) {
        if (e instanceof CommandFailure || e instanceof IllegalArgumentException) {
            return say(err, "" + e.getMessage());
        }
        if (Boolean.getBoolean("touchstone.debug")) {
            e.printStackTrace(err);
        }
        return say(
                err,
                "Touchstone itself failed: " + e.getClass().getSimpleName() + ", " + e.getMessage()
                        + " (set -Dtouchstone.debug=true to see where).");
    }

    private static int say(PrintWriter err, String sentence) {
        err.println("touchstone: " + sentence);
        err.flush();
        return KIT_ERROR;
    }

    private static String oneSentence(String message) {
        String first = message.lines().findFirst().orElse("The command line was not understood");
        return first.endsWith(".") ? first : first + ".";
    }

    @CommandLine.Command(
            name = "touchstone",
            description = "Shows with evidence whether an LLM inference worker keeps the worker contract.",
            versionProvider = Version.class,
            mixinStandardHelpOptions = true,
            synopsisSubcommandLabel = "COMMAND",
            usageHelpAutoWidth = true)
    private static final class Touchstone implements Runnable {

        @CommandLine.Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it before run()
        private CommandLine.Model.CommandSpec spec;

        @Override
        public void run() {
            spec.commandLine().usage(spec.commandLine().getOut());
        }
    }

    /** Tells the version that the jar's manifest carries. */
    private static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"touchstone " + ToolVersion.text()};
        }
    }
}
