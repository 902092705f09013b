package dev.touchstone.worker;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The reference worker's command line. */
@Command(
        name = "worker",
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

    static CommandLine commandLine() {
        return new CommandLine(new Main()).setParameterExceptionHandler((e, a) -> {
            String message = String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
            e.getCommandLine().getErr().println(message + (message.endsWith(".") ? "" : ".") + " See --help.");
            return 1;
        });
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
