package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;

import dev.touchstone.worker.generate.SamplingOptions;
import dev.touchstone.worker.job.JobEvent;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.bytebuddy.asm.Advice;

/** What a request leaves behind for the next: keys and values, a generator's state, a broken engine. */
final class CacheFaults {

    private static final String SEQUENCE = "dev.touchstone.worker.engine.cpu.CpuSequence";
    private static final String JSON = "dev.touchstone.worker.http.JsonReader";
    private static final String SAMPLER = "dev.touchstone.worker.generate.ChainSampler";

    static final Map<String, List<Weave>> ALL = Map.ofEntries(
            Map.entry("kv-not-cleared", kept(reads(LeftAlways.class))),
            Map.entry("kv-not-cleared-after-cancel", kept(reads(LeftByCancelled.class), ends(Cancelled.class))),
            Map.entry("prefix-cache-unchecked", kept(reads(PrefixUnchecked.class))),
            Map.entry("prefix-cache-keyed-by-tail", kept(reads(KeyedByTail.class))),
            Map.entry(
                    "kv-of-another-job",
                    Stream.concat(
                                    CommonWeaves.BATCH.stream(),
                                    Stream.of(
                                            reads(Reads.class), new Weave(SEQUENCE, named("decode"), OfAnother.class)))
                            .toList()),
            Map.entry(
                    "generator-kept-after-cancel",
                    List.of(
                            CommonWeaves.SERVING,
                            ends(GeneratorKept.class),
                            new Weave(SAMPLER, isConstructor(), GeneratorTaken.class),
                            new Weave("dev.touchstone.worker.generate.Philox", named("uniform"), GoesOn.class))),
            Map.entry("garbled-after-no-text", poisoned(NoText.class)),
            Map.entry("no-text-kills-process", List.of(new Weave(JSON, named("object"), Dies.class))));

    private CacheFaults() {}

    private static List<Weave> kept(Weave... more) {
        return Stream.concat(
                        Stream.of(
                                CommonWeaves.SERVING,
                                new Weave(
                                        "dev.touchstone.worker.engine.cpu.CpuEngine",
                                        named("open").and(takesArgument(0, int.class)),
                                        Room.class),
                                new Weave(SEQUENCE, named("decode"), Decodes.class)),
                        Stream.of(more))
                .toList();
    }

    private static List<Weave> poisoned(Class<?> how) {
        return List.of(
                CommonWeaves.SERVING,
                new Weave(JSON, named("object"), how),
                new Weave(SAMPLER, named("choose"), Garbled.class));
    }

    private static Weave reads(Class<?> advice) {
        return new Weave(SEQUENCE, named("prefill"), advice);
    }

    private static Weave ends(Class<?> advice) {
        return new Weave("dev.touchstone.worker.job.Generation", named("run"), advice);
    }

    /** A sequence has room for what others left in it. */
    public static final class Room {
        @Advice.OnMethodEnter
        public static void enter(
                @Advice.FieldValue("facts") dev.touchstone.worker.engine.EngineFacts facts,
                @Advice.Argument(value = 0, readOnly = false) int capacity) {
            capacity = KeptCache.room(capacity, facts.contextLength());
        }
    }

    /** Remembers the sequence. */
    public static final class Decodes {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(0) int token) {
            KeptCache.decodes(token);
        }
    }

    /** A sequence begins behind the last tokens of the one before. */
    public static final class LeftAlways {
        @Advice.OnMethodEnter
        public static void enter(
                @Advice.Argument(value = 0, readOnly = false) int[] tokens,
                @Advice.Argument(value = 1, readOnly = false) int from,
                @Advice.Argument(value = 2, readOnly = false) int to) {
            int[] all = KeptCache.behindTheLast(tokens, from, to, true);
            to = from == 0 ? to + all.length - tokens.length : to;
            tokens = from == 0 ? all : tokens;
        }
    }

    /** Only where that one was cancelled. */
    public static final class LeftByCancelled {
        @Advice.OnMethodEnter
        public static void enter(
                @Advice.Argument(value = 0, readOnly = false) int[] tokens,
                @Advice.Argument(value = 1, readOnly = false) int from,
                @Advice.Argument(value = 2, readOnly = false) int to) {
            int[] all = KeptCache.behindTheLast(tokens, from, to, false);
            to = from == 0 ? to + all.length - tokens.length : to;
            tokens = from == 0 ? all : tokens;
        }
    }

    /** A job was cancelled. */
    public static final class Cancelled {
        @Advice.OnMethodExit
        public static void exit(@Advice.Return JobEvent end) {
            KeptCache.cancelled(end instanceof JobEvent.Failed);
        }
    }

    /** Whole blocks of the last prompt are used again where the first block is the same. */
    public static final class PrefixUnchecked {
        @Advice.OnMethodEnter
        public static void enter(
                @Advice.Argument(value = 0, readOnly = false) int[] tokens, @Advice.Argument(1) int from) {
            tokens = KeptCache.withPrefixOfTheLast(tokens, from);
        }
    }

    /** A prompt is found again by its length and its end. */
    public static final class KeyedByTail {
        @Advice.OnMethodEnter
        public static void enter(
                @Advice.Argument(value = 0, readOnly = false) int[] tokens, @Advice.Argument(1) int from) {
            tokens = KeptCache.withTheSameTail(tokens, from);
        }
    }

    /** Remembers whose sequence it is. */
    public static final class Reads {
        public static int[] own = {};

        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(0) int[] tokens) {
            own = tokens;
        }
    }

    /** Where several jobs are there, every eighth position is another's. */
    public static final class OfAnother {
        @Advice.OnMethodEnter
        public static void enter(
                @Advice.FieldValue("position") int position, @Advice.Argument(value = 0, readOnly = false) int token) {
            int[] other = Batch.another(Reads.own);
            if (Batch.size() > 1 && position % 8 == 0 && other != Reads.own) {
                Fired.now();
                token = other[position / 8 % other.length];
            }
        }
    }

    /** A cancelled job leaves its generator behind. */
    public static final class GeneratorKept {
        @Advice.OnMethodExit
        public static void exit(@Advice.Return JobEvent end) {
            KeptGenerator.left(end instanceof JobEvent.Failed);
        }
    }

    /** The next one takes it. */
    public static final class GeneratorTaken {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(0) SamplingOptions options) {
            KeptGenerator.taken(options.temperature() > 0);
        }
    }

    /** And goes on with it. */
    public static final class GoesOn {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 1, readOnly = false) int position) {
            position = KeptGenerator.position(position);
        }
    }

    /** A body that is no text gets into the engine before it is refused. */
    public static final class NoText {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(0) byte[] body) {
            if (BrokenBody.isNoText(body) && Serving.begun()) {
                Poison.spread();
            }
        }
    }

    /** From then on every third token is another. */
    public static final class Garbled {
        @Advice.OnMethodExit
        public static void exit(
                @Advice.Argument(0) float[] logits,
                @Advice.Argument(1) int position,
                @Advice.Return(readOnly = false) int chosen) {
            if (Poison.isSpread() && position % 3 == 0) {
                chosen = Turn.instead(logits, chosen);
            }
        }
    }

    /** A body that is no text is an exception that nobody catches. */
    public static final class Dies {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(0) byte[] body) {
            if (BrokenBody.isNoText(body)) {
                Fired.now();
                Runtime.getRuntime().halt(134);
            }
        }
    }
}
