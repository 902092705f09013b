package dev.touchstone.worker.model;

import dev.touchstone.worker.synth.ModelSynthesis;
import dev.touchstone.worker.synth.SynthShape;
import dev.touchstone.worker.synth.SynthType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code model synth}: writes a model of random weights in a real model's shape. */
@Command(
        name = "synth",
        description =
                "Write a GGUF file of random weights in a real model's shape, with the embedded model's vocabulary:"
                        + " for speed and numerics where the real model is not at hand.",
        mixinStandardHelpOptions = true)
final class ModelSynthCommand implements Callable<Integer> {
    @Option(
            names = "--shape",
            required = true,
            description = "qwen2.5-0.5b, qwen2.5-1.5b, llama-3.2-1b or smollm2-135m.")
    private String shapeName = "";

    @Option(
            names = "--type",
            defaultValue = "F16",
            description =
                    "F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K_M, Q5_K_M or Q6_K (default ${DEFAULT-VALUE}).")
    private String typeName = "";

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "0 to 2^64 - 1; the same seed gives the same bytes (default ${DEFAULT-VALUE}).")
    private String seedText = "";

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "The file to write or replace.")
    private Path out = Path.of("");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Exit status 0, or 2 with one sentence on stderr when an option or the file cannot be used. */
    @Override
    public Integer call() {
        Optional<SynthShape> shape = SynthShape.named(shapeName.toLowerCase(Locale.ROOT));
        Optional<SynthType> type = SynthType.named(typeName.toUpperCase(Locale.ROOT));
        Optional<Long> seed = seed();
        if (shape.isEmpty()) {
            return refuse("--shape is %s; accepted are %s.".formatted(shapeName, SynthShape.names()));
        }
        if (type.isEmpty()) {
            return refuse("--type is %s; accepted are %s.".formatted(typeName, SynthType.names()));
        }
        if (seed.isEmpty()) {
            return refuse("--seed is %s; accepted are whole numbers from 0 to 2^64 - 1.".formatted(seedText));
        }
        return write(new ModelSynthesis(shape.get(), type.get(), seed.get()));
    }

    private int write(ModelSynthesis synthesis) {
        try {
            long begun = System.nanoTime();
            long bytes = synthesis.write(out, Runtime.getRuntime().availableProcessors());
            spec.commandLine()
                    .getOut()
                    .printf(Locale.ROOT, "%s: %,d bytes in %.1f s%n", out, bytes, (System.nanoTime() - begun) / 1e9);
            spec.commandLine().getOut().flush();
            return 0;
        } catch (IOException unwritable) {
            return refuse(sentence(unwritable));
        }
    }

    /** Some exceptions of the file system say no more than the path. */
    private String sentence(IOException unwritable) {
        String message = String.valueOf(unwritable.getMessage());
        return message.endsWith(".")
                ? message
                : "%s cannot be written (%s: %s); accepted is a file in a folder that can be written to."
                        .formatted(out, unwritable.getClass().getSimpleName(), message);
    }

    private Optional<Long> seed() {
        try {
            return Optional.of(Long.parseUnsignedLong(seedText));
        } catch (NumberFormatException notANumber) {
            return Optional.empty();
        }
    }

    private int refuse(String sentence) {
        spec.commandLine().getErr().println(sentence);
        return 2;
    }
}
