package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.named;

import java.util.List;
import java.util.Map;
import net.bytebuddy.asm.Advice;

/** Workers that are odd and break nothing: slow disks and slow devices, and a model of few words. */
final class Oddities {

    private static final String SEQUENCE = "dev.touchstone.worker.engine.cpu.CpuSequence";

    static final Map<String, List<Weave>> ALL = Map.ofEntries(
            Map.entry(
                    "slow-disk",
                    List.of(new Weave("dev.touchstone.worker.model.gguf.GgufFile", named("open"), SlowDisk.class))),
            Map.entry("slow-prefill", List.of(new Weave(SEQUENCE, named("prefill"), SlowPrefill.class))),
            Map.entry("slow-and-steady-decode", List.of(new Weave(SEQUENCE, named("decode"), SlowDecode.class))),
            Map.entry(
                    "model-of-one-token",
                    List.of(
                            new Weave("dev.touchstone.worker.job.Generation", named("run"), NewGeneration.class),
                            new Weave(
                                    "dev.touchstone.worker.model.tokenizer.BpeTokenizer",
                                    named("endsGeneration"),
                                    EndAfterOne.class))));

    private Oddities() {}

    /** The file takes three seconds to be read. */
    public static final class SlowDisk {
        @Advice.OnMethodEnter
        public static void enter() {
            Fired.now();
            Slowness.pause(3000);
        }
    }

    /** A prompt's first part takes 400 ms. */
    public static final class SlowPrefill {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(1) int from) {
            if (from == 0) {
                Fired.now();
                Slowness.pause(400);
            }
        }
    }

    /** A token takes 10 ms. */
    public static final class SlowDecode {
        @Advice.OnMethodEnter
        public static void enter() {
            Fired.now();
            Slowness.pause(10);
        }
    }

    /** A generation begins. */
    public static final class NewGeneration {
        @Advice.OnMethodEnter
        public static void enter() {
            Slowness.CHOSEN.set(0);
        }
    }

    /** The model has nothing more to say after one token. */
    public static final class EndAfterOne {
        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) boolean ends) {
            if (Slowness.CHOSEN.getAndIncrement() > 0) {
                Fired.now();
                ends = true;
            }
        }
    }
}
