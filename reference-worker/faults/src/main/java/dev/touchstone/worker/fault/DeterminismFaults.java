package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;

import dev.touchstone.worker.job.JobEvent;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.bytebuddy.asm.Advice;

/** Results that depend on the clock, on the process, or on what happens beside them. */
final class DeterminismFaults {

    private static final String SAMPLER = "dev.touchstone.worker.generate.ChainSampler";
    private static final String PHILOX = "dev.touchstone.worker.generate.Philox";

    static final Map<String, List<Weave>> ALL = Map.ofEntries(
            Map.entry("one-run-of-8-differs", turns(choose(OneOfEight.class))),
            Map.entry("later-replies-drift", turns(choose(Later.class))),
            Map.entry("cold-reply-differs", turns(choose(Cold.class))),
            Map.entry("first-answer-differs", turns(choose(First.class))),
            Map.entry("racing-reduction", turns(choose(Racing.class))),
            Map.entry("kernel-tuned-at-start", turns(choose(Tuned.class))),
            Map.entry("limit-steers-text", turns(choose(Steered.class), open(Capacity.class))),
            Map.entry(
                    "reply-degrades",
                    turns(
                            choose(Counts.class),
                            new Weave(
                                    "dev.touchstone.worker.model.tokenizer.BpeTokenizer",
                                    named("endsGeneration"),
                                    Degrades.class))),
            Map.entry("generator-not-reset", turns(draw(NotReset.class))),
            Map.entry("seed-salted-by-process", turns(draw(Salted.class))),
            Map.entry("generator-shared-by-jobs", batch(draw(Shared.class))),
            Map.entry("batch-changes-numerics", batch(choose(BatchSized.class))),
            Map.entry(
                    "previous-text-sent-again",
                    List.of(
                            CommonWeaves.SERVING,
                            new Weave("dev.touchstone.worker.job.JobLog", named("append"), Previous.class))));

    private DeterminismFaults() {}

    private static List<Weave> turns(Weave... more) {
        return Stream.concat(CommonWeaves.TURN.stream(), Stream.of(more)).toList();
    }

    private static List<Weave> batch(Weave... more) {
        return Stream.concat(CommonWeaves.BATCH.stream(), Stream.of(more)).toList();
    }

    private static Weave choose(Class<?> advice) {
        return new Weave(SAMPLER, named("choose"), advice);
    }

    private static Weave draw(Class<?> advice) {
        return new Weave(PHILOX, named("uniform"), advice);
    }

    private static Weave open(Class<?> advice) {
        return new Weave(
                "dev.touchstone.worker.engine.cpu.CpuEngine", named("open").and(takesArgument(0, int.class)), advice);
    }

    /** Every eighth generation has one other token. */
    public static final class OneOfEight {
        @Advice.OnMethodExit
        public static void exit(@Advice.Argument(0) float[] logits, @Advice.Return(readOnly = false) int chosen) {
            if (Turn.next() == 9 && Turn.number() % 8 == 0) {
                chosen = Turn.instead(logits, chosen);
            }
        }
    }

    /** From the fifth time on, a prompt is answered by other words. */
    public static final class Later {
        @Advice.OnMethodExit
        public static void exit(@Advice.Argument(0) float[] logits, @Advice.Return(readOnly = false) int chosen) {
            if (Turn.next() == 9 && Turn.times() > 4) {
                chosen = Turn.instead(logits, chosen);
            }
        }
    }

    /** The first time, before its cache is warm, a prompt is answered by other words. */
    public static final class Cold {
        @Advice.OnMethodExit
        public static void exit(@Advice.Argument(0) float[] logits, @Advice.Return(readOnly = false) int chosen) {
            if (Turn.next() == 5 && Turn.times() == 1) {
                chosen = Turn.instead(logits, chosen);
            }
        }
    }

    /** The first answer of the process has one other token. */
    public static final class First {
        @Advice.OnMethodExit
        public static void exit(@Advice.Argument(0) float[] logits, @Advice.Return(readOnly = false) int chosen) {
            if (Turn.next() == 5 && Turn.number() == 1) {
                chosen = Turn.instead(logits, chosen);
            }
        }
    }

    /** Threads add in the order in which they come. */
    public static final class Racing {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(0) float[] logits) {
            if (Turn.next() >= 0) {
                Noise.eightBits(logits, System.nanoTime());
            }
        }
    }

    /** Which kernel is the fastest is measured when the process starts, and chance has its say. */
    public static final class Tuned {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(0) float[] logits) {
            if (Turn.next() >= 0) {
                Noise.eightBits(logits, Process.STARTED);
            }
        }
    }

    /** What a process draws once. */
    public static final class Process {
        public static final long STARTED = System.nanoTime();

        private Process() {}
    }

    /** Kernels are chosen by the length that a job may reach. */
    public static final class Steered {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(0) float[] logits) {
            if (Turn.next() >= 0) {
                Noise.eightBits(logits, Capacity.positions / 8);
            }
        }
    }

    /** Remembers that length. */
    public static final class Capacity {
        public static int positions;

        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(0) int capacity) {
            Capacity.positions = capacity;
        }
    }

    /** Counts tokens. */
    public static final class Counts {
        @Advice.OnMethodExit
        public static void exit() {
            Turn.next();
        }
    }

    /** Each time, a prompt's cache holds more of the answer, and less is left to say. */
    public static final class Degrades {
        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) boolean ends) {
            int left = Turn.times() < 2 ? Integer.MAX_VALUE : Math.max(1, 40 >> (2 * Math.min(8, Turn.times() - 2)));
            if (Turn.step() > left) {
                Fired.now();
                ends = true;
            }
        }
    }

    /** The generator goes on where the last generation left it. */
    public static final class NotReset {
        public static int drawn;

        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 1, readOnly = false) int position) {
            if (Serving.begun()) {
                Fired.now();
                position = NotReset.drawn++;
            }
        }
    }

    /** The clock of the process's start is mixed into each seed. */
    public static final class Salted {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 0, readOnly = false) long seed) {
            if (Serving.begun()) {
                Fired.now();
                seed ^= Process.STARTED;
            }
        }
    }

    /** Jobs that are there at the same time draw from one generator, which only an idle worker resets. */
    public static final class Shared {
        public static int drawn;

        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 1, readOnly = false) int position) {
            drawn = Batch.size() > 1 ? drawn + 1 : 0;
            if (drawn > 0) {
                Fired.now();
                position += drawn;
            }
        }
    }

    /** Another size of the batch is another kernel. */
    public static final class BatchSized {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(0) float[] logits) {
            if (Batch.size() > 1) {
                Noise.brain(logits, Batch.size());
            }
        }
    }

    /** A stream begins with the text of the one before, in its first token. */
    public static final class Previous {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 0, readOnly = false) JobEvent event) {
            if (event instanceof JobEvent.Token token && Serving.begun()) {
                event = new JobEvent.Token(token.index(), Said.with(token));
            }
        }
    }

    /** What the stream before said. Engine thread only. */
    public static final class Said {
        private static final StringBuilder NOW = new StringBuilder();
        private static String before = "";

        private Said() {}

        public static String with(JobEvent.Token token) {
            if (token.index() > 0) {
                NOW.append(token.text());
                return token.text();
            }
            before = NOW.toString();
            NOW.setLength(0);
            NOW.append(token.text());
            if (!before.isEmpty()) {
                Fired.now();
            }
            return before + token.text();
        }
    }
}
