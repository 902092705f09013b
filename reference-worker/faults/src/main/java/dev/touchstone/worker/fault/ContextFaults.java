package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.named;

import dev.touchstone.worker.http.RefusedRequest;
import dev.touchstone.worker.job.ErrorCode;
import dev.touchstone.worker.job.Job;
import dev.touchstone.worker.job.JobEvent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import net.bytebuddy.asm.Advice;

/** Prompts and limits of the context treated otherwise than promised. */
final class ContextFaults {

    private static final String LIMIT = "dev.touchstone.worker.http.ContextLimit";
    private static final String JOB = "dev.touchstone.worker.job.Job";
    private static final String SCHEDULER = "dev.touchstone.worker.job.Scheduler";
    private static final String GENERATION = "dev.touchstone.worker.job.Generation";

    private static final Weave CONTEXT_KNOWN = new Weave(LIMIT, isConstructor(), ContextKnown.class);

    static final Map<String, List<Weave>> ALL = Map.ofEntries(
            Map.entry("context-limit-one-low", List.of(new Weave(LIMIT, named("maxTokens"), OneLow.class))),
            Map.entry(
                    "prompt-window-halved", List.of(CONTEXT_KNOWN, new Weave(JOB, isConstructor(), HalfWindow.class))),
            Map.entry(
                    "cancelled-prefills-leak-slots",
                    List.of(
                            new Weave(SCHEDULER, named("finish"), CancelledInPrefill.class),
                            new Weave(SCHEDULER, named("full"), LeakedSlots.class))),
            Map.entry(
                    "long-prompt-out-of-memory",
                    List.of(CONTEXT_KNOWN, new Weave(GENERATION, named("run"), OutOfMemory.class))),
            Map.entry(
                    "out-of-memory-ends-process",
                    List.of(CONTEXT_KNOWN, new Weave(GENERATION, named("run"), OutOfMemoryAborts.class))));

    private ContextFaults() {}

    /** What the faults of this area remember; public because it is used from within the worker's classes. */
    public static final class Seen {
        /** The largest context that the process was told of; that of the stand-in model is smaller. */
        private static volatile int context;
        /** Jobs that were cancelled before their first token and keep their slots. */
        private static final AtomicInteger LEAKED = new AtomicInteger();

        private Seen() {}

        /** Learns the context length. */
        public static void context(int length) {
            context = Math.max(context, length);
        }

        /** The context length. */
        public static int context() {
            return context;
        }

        /** Notes how a job ended. */
        public static void ended(Job job, JobEvent end) {
            boolean cancelled = end instanceof JobEvent.Failed failed && failed.code() == ErrorCode.CANCELLED;
            if (cancelled && job.log().written() == 1) {
                LEAKED.incrementAndGet();
            }
        }

        /** Slots that nobody will give back. */
        public static int leaked() {
            return LEAKED.get();
        }

        /** Whether a prompt needs more memory than there is: more than three quarters of the context. */
        public static boolean tooLarge(Job job) {
            boolean large = context > 0 && 4L * job.promptTokens() > 3L * context;
            if (large) {
                Fired.now();
            }
            return large;
        }
    }

    /** Learns the context length. */
    public static final class ContextKnown {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(0) int length) {
            Seen.context(length);
        }
    }

    /** What fills the context exactly is refused. */
    public static final class OneLow {
        @Advice.OnMethodExit
        public static void exit(
                @Advice.Argument(0) String field,
                @Advice.Argument(1) int promptTokens,
                @Advice.Return int maxTokens,
                @Advice.FieldValue("contextLength") int context)
                throws RefusedRequest {
            if (promptTokens + maxTokens == context) {
                Fired.now();
                throw new RefusedRequest(
                        400,
                        ErrorCode.CONTEXT_LENGTH_EXCEEDED,
                        field,
                        field + " and max_tokens must be less than the context.");
            }
        }
    }

    /** Of a long prompt only the last half of the context and two tokens are kept. */
    public static final class HalfWindow {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 1, readOnly = false) int[] prompt) {
            int window = Seen.context() / 2 + 2;
            if (Seen.context() > 0 && prompt.length > window) {
                Fired.now();
                prompt = Arrays.copyOfRange(prompt, prompt.length - window, prompt.length);
            }
        }
    }

    /** Notes jobs that are cancelled before their first token. */
    public static final class CancelledInPrefill {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(0) Job job, @Advice.Argument(1) JobEvent end) {
            Seen.ended(job, end);
        }
    }

    /** Their slots are never free again. */
    public static final class LeakedSlots {
        @Advice.OnMethodExit
        public static void exit(
                @Advice.Return(readOnly = false) boolean full,
                @Advice.FieldValue("places") int places,
                @Advice.FieldValue("maxQueue") int maxQueue) {
            if (!full && places + Seen.leaked() >= maxQueue + 1) {
                Fired.now();
                full = true;
            }
        }
    }

    /** A long prompt runs the engine out of memory, and it is dead. */
    public static final class OutOfMemory {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(0) Job job) {
            if (Seen.tooLarge(job)) {
                throw new OutOfMemoryError("activation memory");
            }
        }
    }

    /** A long prompt runs the worker out of memory, and its process is gone. */
    public static final class OutOfMemoryAborts {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(0) Job job) {
            if (Seen.tooLarge(job)) {
                Runtime.getRuntime().halt(134);
            }
        }
    }
}
