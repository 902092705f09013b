package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.named;

import dev.touchstone.worker.generate.SamplingOptions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.bytebuddy.asm.Advice;

/** Tokens chosen otherwise than the request asks, and limits that are not kept. */
final class SamplingFaults {

    private static final String SAMPLER = "dev.touchstone.worker.generate.ChainSampler";
    private static final String JOB = "dev.touchstone.worker.job.Job";
    private static final String FIELDS = "dev.touchstone.worker.http.Fields";

    static final Map<String, List<Weave>> ALL = Map.ofEntries(
            Map.entry("seed-ignored", options(SeedIgnored.class)),
            Map.entry("seed-constant", options(SeedConstant.class)),
            Map.entry("seed-rounded-in-sampler", options(SeedRounded.class)),
            Map.entry("every-third-seed-ignored", options(EveryThirdSeedIgnored.class)),
            Map.entry("temperature-always-0", options(AlwaysGreedy.class)),
            Map.entry("temperature-fixed", options(TemperatureFixed.class)),
            Map.entry("temperature-inverted", options(TemperatureInverted.class)),
            Map.entry("top-k-ignored", options(TopKIgnored.class)),
            Map.entry("top-p-0-is-noise", options(TopPZeroOff.class)),
            Map.entry("repetition-penalty-ignored", options(PenaltyIgnored.class)),
            Map.entry("seed-through-double", seed(SeedThroughDouble.class)),
            Map.entry("seed-of-32-bits", seed(SeedOf32Bits.class)),
            Map.entry("drawn-seed-constant", seed(DrawnConstant.class)),
            Map.entry(
                    "drawn-seed-not-used",
                    Stream.concat(
                                    Stream.of(new Weave(FIELDS, named("seed"), Drawn.class)),
                                    options(DrawnNotUsed.class).stream())
                            .toList()),
            Map.entry("one-token-more", limit(OneMore.class)),
            Map.entry("one-token-less", limit(OneLess.class)),
            Map.entry("few-tokens-are-three", limit(AtLeastThree.class)));

    private SamplingFaults() {}

    private static List<Weave> options(Class<?> advice) {
        return List.of(CommonWeaves.SERVING, new Weave(SAMPLER, isConstructor(), advice));
    }

    private static List<Weave> seed(Class<?> advice) {
        return List.of(CommonWeaves.SERVING, new Weave(FIELDS, named("seed"), advice));
    }

    private static List<Weave> limit(Class<?> advice) {
        return List.of(CommonWeaves.SERVING, new Weave(JOB, isConstructor(), advice));
    }

    /** The seed never reaches the sampler: the clock does. */
    public static final class SeedIgnored {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 0, readOnly = false) SamplingOptions options) {
            options = Chosen.seed(options, System.nanoTime());
        }
    }

    /** The sampler has a seed of its own. */
    public static final class SeedConstant {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 0, readOnly = false) SamplingOptions options) {
            options = Chosen.seed(options, 42);
        }
    }

    /** The seed is told exactly, but drawn with as a double. */
    public static final class SeedRounded {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 0, readOnly = false) SamplingOptions options) {
            options = Chosen.seed(options, Chosen.rounded(options.seed()));
        }
    }

    /** Every third generation draws with the clock. */
    public static final class EveryThirdSeedIgnored {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 0, readOnly = false) SamplingOptions options) {
            if (Chosen.third()) {
                options = Chosen.seed(options, System.nanoTime());
            }
        }
    }

    /** Every temperature is 0. */
    public static final class AlwaysGreedy {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 0, readOnly = false) SamplingOptions options) {
            options = Chosen.temperature(options, 0);
        }
    }

    /** Every temperature but 0 is 0.8. */
    public static final class TemperatureFixed {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 0, readOnly = false) SamplingOptions options) {
            options = Chosen.temperature(options, options.temperature() == 0 ? 0 : 0.8);
        }
    }

    /** Logits are multiplied by the temperature. */
    public static final class TemperatureInverted {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 0, readOnly = false) SamplingOptions options) {
            options = Chosen.temperature(options, options.temperature() == 0 ? 0 : 1 / options.temperature());
        }
    }

    /** top_k is read and forgotten. */
    public static final class TopKIgnored {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 0, readOnly = false) SamplingOptions options) {
            options = Chosen.cut(options, options.topP(), 0);
        }
    }

    /** top_p 0 is taken for off. */
    public static final class TopPZeroOff {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 0, readOnly = false) SamplingOptions options) {
            options = Chosen.cut(options, options.topP() == 0 ? 1 : options.topP(), options.topK());
        }
    }

    /** repetition_penalty is read and forgotten. */
    public static final class PenaltyIgnored {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 0, readOnly = false) SamplingOptions options) {
            options = Chosen.penalty(options, 1);
        }
    }

    /** The seed is read as a double. */
    public static final class SeedThroughDouble {
        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) long seed) {
            seed = Chosen.told(seed, Chosen.rounded(seed));
        }
    }

    /** The seed is cut to 32 bits. */
    public static final class SeedOf32Bits {
        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) long seed) {
            seed = Chosen.told(seed, seed & 0xFFFFFFFFL);
        }
    }

    /** The generator that draws seeds begins in one state for each request. */
    public static final class DrawnConstant {
        @Advice.OnMethodExit
        public static void exit(@Advice.This Object fields, @Advice.Return(readOnly = false) long seed) {
            if (Chosen.hasNoSeed(fields)) {
                seed = Chosen.told(seed, 1234567890123456789L);
            }
        }
    }

    /** Remembers that the seed was drawn. */
    public static final class Drawn {
        @Advice.OnMethodExit
        public static void exit(@Advice.This Object fields, @Advice.Return long seed) {
            if (Chosen.hasNoSeed(fields)) {
                Chosen.drawn(seed);
            }
        }
    }

    /** Draws with another. */
    public static final class DrawnNotUsed {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 0, readOnly = false) SamplingOptions options) {
            if (Chosen.wasDrawn(options.seed())) {
                options = Chosen.seed(options, System.nanoTime());
            }
        }
    }

    /** The loop's end is looked at one token late. */
    public static final class OneMore {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 2, readOnly = false) int maxTokens) {
            maxTokens = Chosen.limit(maxTokens, maxTokens + 1);
        }
    }

    /** The loop's end is looked at one token early. */
    public static final class OneLess {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 2, readOnly = false) int maxTokens) {
            maxTokens = Chosen.limit(maxTokens, Math.max(1, maxTokens - 1));
        }
    }

    /** 1 and 2 tokens become 3 and 4. */
    public static final class AtLeastThree {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 2, readOnly = false) int maxTokens) {
            maxTokens = Chosen.limit(maxTokens, maxTokens > 2 ? maxTokens : maxTokens + 2);
        }
    }
}
