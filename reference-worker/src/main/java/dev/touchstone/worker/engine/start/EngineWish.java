package dev.touchstone.worker.engine.start;

import dev.touchstone.worker.engine.cuda.GpuSearch;
import dev.touchstone.worker.engine.cuda.KvType;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the command line says about the engine. Without a word about it, a GPU is taken where one can be used.
 *
 * @param cpu whether it must be the CPU
 * @param gpuDevice the GPU that it must be
 * @param kvType how the GPU engine stores keys and values
 */
public record EngineWish(boolean cpu, Optional<Integer> gpuDevice, KvType kvType) {

    /** What the options are for, as {@code --help} tells it. */
    public static final String CPU_HELP = "Run on the CPU.";

    public static final String GPU_HELP = "Run on this GPU, and nowhere else.";
    public static final String KV_HELP = "Keys and values on the GPU: f16 or f32 (default f16).";

    /**
     * Reads the options {@code --cpu}, {@code --gpu-device} and {@code --kv-type}.
     *
     * @throws EngineUnavailableException if they contradict each other or a value is not accepted
     */
    public static EngineWish of(boolean cpu, Optional<Integer> gpuDevice, String kvType)
            throws EngineUnavailableException {
        if (cpu && gpuDevice.isPresent()) {
            throw new EngineUnavailableException(
                    "--cpu and --gpu-device %d exclude each other; give one of them.".formatted(gpuDevice.get()));
        }
        Optional<KvType> type = Arrays.stream(KvType.values())
                .filter(known -> known.name().toLowerCase(Locale.ROOT).equals(kvType))
                .findFirst();
        if (type.isEmpty()) {
            throw new EngineUnavailableException("--kv-type must be f16 or f32, but was %s.".formatted(kvType));
        }
        return new EngineWish(cpu, gpuDevice, type.get());
    }

    /**
     * Looks at this machine and decides.
     *
     * @throws EngineUnavailableException if a GPU must be used and cannot be
     */
    public EngineChoice decide() throws EngineUnavailableException {
        return decide(GpuSearch::on);
    }

    /** @param search finds the GPU that is wanted, or any */
    EngineChoice decide(Function<Optional<Integer>, GpuSearch> search) throws EngineUnavailableException {
        if (cpu) {
            return new EngineChoice(Optional.empty(), kvType, "--cpu was given");
        }
        switch (search.apply(gpuDevice)) {
            case GpuSearch.Found found -> {
                String what = "%s of compute capability %s"
                        .formatted(found.device().label(), found.device().capabilityText());
                String why = gpuDevice.isPresent() ? "--gpu-device asks for " + what : what + " can be used";
                return new EngineChoice(Optional.of(found.device()), kvType, why);
            }
            case GpuSearch.None none -> {
                if (gpuDevice.isPresent()) {
                    throw new EngineUnavailableException(
                            "--gpu-device %d cannot be used: %s; give another device, or --cpu to run on the CPU."
                                    .formatted(gpuDevice.get(), none.why()));
                }
                return new EngineChoice(Optional.empty(), kvType, none.why());
            }
        }
    }
}
