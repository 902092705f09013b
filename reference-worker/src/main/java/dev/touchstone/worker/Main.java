package dev.touchstone.worker;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The reference worker's command line. */
@Command(
        name = "touchstone",
        description = "The reference worker of Touchstone.",
        mixinStandardHelpOptions = true,
        subcommands = {
            ServeCommand.class,
            dev.touchstone.worker.model.ModelCommand.class,
            dev.touchstone.worker.bench.BenchCommand.class
        })
public final class Main implements Runnable {
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The command line as {@link #main} runs it; executing it ends no process. */
    public static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setParameterExceptionHandler((e, args) -> {
                    // picocli appends the Java exception of a value that it could not convert.
                    String message = String.valueOf(e.getMessage())
                            .replaceAll("\\s+", " ")
                            .replaceAll(" \\(java\\.[^)]*\\)", "");
                    e.getCommandLine().getErr().println(message + (message.endsWith(".") ? "" : ".") + " See --help.");
                    return 1;
                })
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    command.getErr()
                            .println("The command failed inside ("
                                    + e.getClass().getSimpleName() + "); please report this with the command line.");
                    return 1;
                });
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
