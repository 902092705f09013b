package dev.touchstone.worker.bench;

import dev.touchstone.worker.engine.DeviceFailure;
import dev.touchstone.worker.engine.Engine;
import dev.touchstone.worker.engine.Sequence;
import dev.touchstone.worker.engine.cpu.CpuEngine;
import dev.touchstone.worker.engine.start.EngineWish;
import dev.touchstone.worker.model.gguf.GgufFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures decode and prefill of an engine, one figure a line. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures an engine: decode and prefill in tokens per second.")
public final class BenchCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--model", required = true, paramLabel = "FILE", description = "GGUF file.")
    private Path model = Path.of("");

    @Option(names = "--prompt", defaultValue = "256", description = "Tokens of the prompt (default ${DEFAULT-VALUE}).")
    private int prompt;

    @Option(names = "--tokens", defaultValue = "128", description = "Tokens to decode (default ${DEFAULT-VALUE}).")
    private int tokens;

    @Option(names = "--repeat", defaultValue = "10", description = "Measured rounds (default ${DEFAULT-VALUE}).")
    private int repeat;

    @Option(names = "--threads", defaultValue = "0", description = "Threads of the CPU; 0 is one for each processor.")
    private int threads;

    @Option(names = "--cpu", description = EngineWish.CPU_HELP)
    private boolean cpu;

    @Option(names = "--gpu-device", paramLabel = "N", description = EngineWish.GPU_HELP)
    private Optional<Integer> gpuDevice = Optional.empty();

    @Option(names = "--kv-type", defaultValue = "f16", paramLabel = "TYPE", description = EngineWish.KV_HELP)
    private String kvType = "f16";

    /** Exit status 0, or 1 with one sentence on stderr. */
    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        if (prompt < 1 || tokens < 1 || repeat < 1) {
            err.printf(
                    "--prompt, --tokens and --repeat are %d, %d and %d; accepted is 1 or more.%n",
                    prompt, tokens, repeat);
            return 1;
        }
        long start = System.nanoTime();
        try (GgufFile file = GgufFile.open(model);
                Engine engine = EngineWish.of(cpu, gpuDevice, kvType).decide().load(file, 0, threads, percent -> {})) {
            if ((long) prompt + tokens > engine.facts().contextLength()) {
                err.printf(
                        "--prompt %d and --tokens %d need more than the model's context of %d.%n",
                        prompt, tokens, engine.facts().contextLength());
                return 1;
            }
            double loaded = (System.nanoTime() - start) / 1e6;
            print("model: %s, %s", model.getFileName(), engine.facts().quantKind());
            print("load: %.0f ms", loaded);
            if (engine instanceof CpuEngine onCpu) {
                print("threads: %d", onCpu.threads());
                print("vector width: %d bits", CpuEngine.vectorBits());
            }
            engine.facts().gpu().ifPresent(gpu -> print("GPU: %s, %s", gpu.name(), gpu.architecture()));
            engine.warmUp();
            measure(engine);
            return 0;
        } catch (IOException | DeviceFailure refused) {
            err.println(refused.getMessage());
            return 1;
        }
    }

    private void measure(Engine engine) {
        int vocabSize = engine.facts().vocabSize();
        int[] ids = new int[prompt];
        for (int i = 0; i < prompt; i++) {
            ids[i] = (int) ((i * 7_919L + 13) % vocabSize);
        }
        double[] prefill = new double[repeat];
        double[] decode = new double[repeat];
        float[] logits = new float[vocabSize];
        for (int round = -1; round < repeat; round++) {
            try (Sequence sequence = engine.open(prompt + tokens)) {
                long start = System.nanoTime();
                sequence.prefill(ids, 0, prompt, logits);
                long between = System.nanoTime();
                decode(sequence, logits);
                long end = System.nanoTime();
                if (round >= 0) {
                    prefill[round] = prompt * 1e9 / (between - start);
                    decode[round] = tokens * 1e9 / (end - between);
                }
            }
        }
        figure("decode of " + tokens + " after " + prompt, decode);
        figure("prefill of " + prompt, prefill);
    }

    /** The likeliest token each time, chosen where the engine is quicker at it, as a greedy job is. */
    private void decode(Sequence sequence, float[] logits) {
        if (sequence.choosesOnDevice()) {
            int token = argmax(logits);
            for (int i = 0; i < tokens; i++) {
                token = sequence.decodeGreedy(token);
            }
        } else {
            for (int i = 0; i < tokens; i++) {
                sequence.decode(argmax(logits), logits);
            }
        }
    }

    private static int argmax(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }

    private void figure(String name, double[] rates) {
        Arrays.sort(rates);
        double median = (rates[(rates.length - 1) / 2] + rates[rates.length / 2]) / 2;
        print(
                "%s: median %.1f tokens/s, least %.1f, most %.1f, rounds %d",
                name, median, rates[0], rates[rates.length - 1], rates.length);
    }

    private void print(String format, Object... arguments) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(String.format(Locale.ROOT, format, arguments));
        out.flush();
    }
}
