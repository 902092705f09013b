package dev.touchstone.features.teeth;

import dev.touchstone.harness.cli.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A GPU on which workers have the faults of the host, in place of what was recorded of them, and on which engines fail.
 *
 * @param options of the worker's command line, by which it takes the GPU and a model that fills some of it
 * @param modelBytes of that model's file, nearly all of them tensors
 */
record LiveGpu(String options, long modelBytes) {

    /** By which a lane is told. */
    static final String PROPERTY = "touchstone.teeth.gpu";

    /**
     * The GPU that a command line names.
     *
     * @throws CommandFailure with one sentence where the words are not accepted
     */
    static LiveGpu of(String device, Optional<Path> model) {
        if (!device.matches("[0-9]{1,3}")) {
            throw new CommandFailure("--gpu-device is '" + device + "'; accepted is the number of a GPU, such as 0.");
        }
        Path file = model.orElseThrow(() -> new CommandFailure(
                "--gpu-device needs --model FILE, a model of 2 GiB or more (touchstone model synth --shape qwen2.5-1.5b"
                        + " --type F16 --seed 1 --out FILE makes one): what a worker keeps on the host is told from a"
                        + " smaller one only in part."));
        try {
            return new LiveGpu("--gpu-device " + device + " --model '" + file.toAbsolutePath() + "'", Files.size(file));
        } catch (IOException notThere) {
            throw new CommandFailure("--model is '" + file + "'; accepted is a GGUF file that can be read.");
        }
    }

    /** What this process was told by its parent. */
    static Optional<LiveGpu> told() {
        return Optional.ofNullable(System.getProperty(PROPERTY)).map(text -> {
            String[] parts = text.split(" ", 2);
            return new LiveGpu(parts[1], Long.parseLong(parts[0]));
        });
    }

    /** Tells it to the lanes that this process begins. */
    void tell() {
        System.setProperty(PROPERTY, modelBytes + " " + options);
    }

    /** The same worker on the GPU. */
    Setup on(Setup setup) {
        return setup.with(options).withModel(modelBytes);
    }

    /**
     * What can be judged there of what was chosen.
     *
     * @param named whether the faults were chosen by name, and not as a tier
     * @throws CommandFailure with one sentence where something else was named
     */
    static Chosen of(Chosen chosen, boolean named) {
        List<Fault> live = chosen.faults().stream().filter(Fault::live).toList();
        if (named
                && (live.size() < chosen.faults().size() || !chosen.innocents().isEmpty())) {
            String other = chosen.faults().stream()
                    .filter(fault -> !fault.live())
                    .map(Fault::id)
                    .findFirst()
                    .orElseGet(() -> chosen.innocents().getFirst().id());
            throw new CommandFailure("--gpu-device is for faults that a GPU shows, and '" + other
                    + "' is none; touchstone teeth --list says live beside those.");
        }
        return new Chosen(live, List.of());
    }
}
