package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.isConstructor;

import dev.touchstone.worker.generate.SamplingOptions;
import java.util.List;
import java.util.Map;
import net.bytebuddy.asm.Advice;

/** Tokens chosen otherwise than the request asks. */
final class SamplingFaults {

    private static final String SAMPLER = "dev.touchstone.worker.generate.ChainSampler";

    static final Map<String, List<Weave>> ALL =
            Map.ofEntries(Map.entry("seed-ignored", List.of(new Weave(SAMPLER, isConstructor(), SeedIgnored.class))));

    private SamplingFaults() {}

    /** The seed never reaches the sampler: the clock does. */
    public static final class SeedIgnored {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 0, readOnly = false) SamplingOptions options) {
            Fired.now();
            options = new SamplingOptions(
                    options.temperature(),
                    options.topP(),
                    options.topK(),
                    options.minP(),
                    options.repetitionPenalty(),
                    System.nanoTime());
        }
    }
}
