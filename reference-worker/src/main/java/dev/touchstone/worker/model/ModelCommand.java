package dev.touchstone.worker.model;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code model}: what can be asked of a model file. */
@Command(
        name = "model",
        description = "Look at model files, or make one of random weights.",
        mixinStandardHelpOptions = true,
        subcommands = {ModelInfoCommand.class, ModelSynthCommand.class})
public final class ModelCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name what to do with a model: info or synth.");
    }
}
