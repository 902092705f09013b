package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.named;

import dev.touchstone.worker.job.Job;
import dev.touchstone.worker.job.Scheduler;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import net.bytebuddy.asm.Advice;

/** Several requests at once served otherwise than promised. */
final class QueueFaults {

    private static final String SCHEDULER = "dev.touchstone.worker.job.Scheduler";
    private static final String GENERATION = "dev.touchstone.worker.job.Generation";

    static final Map<String, List<Weave>> ALL = Map.ofEntries(
            Map.entry("last-come-first-served", List.of(new Weave(SCHEDULER, named("submit"), LastFirst.class))),
            Map.entry("second-waiter-forgotten", List.of(new Weave(SCHEDULER, named("take"), Forgets.class))),
            Map.entry("every-third-waiter-lost", List.of(new Weave(SCHEDULER, named("submit"), LosesThird.class))),
            Map.entry("queue-unbounded", List.of(new Weave(SCHEDULER, named("full"), NeverFull.class))),
            Map.entry(
                    "second-job-breaks-engine",
                    CommonWeaves.serving(new Weave(GENERATION, named("run"), SecondPanics.class))),
            Map.entry(
                    "streams-die-one-by-one",
                    CommonWeaves.serving(new Weave(GENERATION, named("run"), Degrades.class))),
            Map.entry(
                    "duplicate-id-hangs-engine",
                    List.of(
                            new Weave(SCHEDULER, named("submit"), TakesDuplicate.class),
                            new Weave(GENERATION, named("check"), Hangs.class))));

    private QueueFaults() {}

    /** The queue is a stack. */
    public static final class LastFirst {
        private LastFirst() {}

        @Advice.OnMethodExit
        public static void exit(
                @Advice.Return Scheduler.Admission admission, @Advice.FieldValue("queue") Deque<Job> queue) {
            if (admission == Scheduler.Admission.ACCEPTED && queue.size() > 1) {
                Fired.now();
                queue.addFirst(queue.removeLast());
            }
        }
    }

    /** Of two that wait, the one is served and the other stays in the queue for ever. */
    public static final class Forgets {
        private Forgets() {}

        @Advice.OnMethodEnter
        public static void enter(@Advice.FieldValue("queue") Deque<Job> queue) {
            if (queue.size() > 1) {
                Fired.now();
                Job served = queue.removeFirst();
                queue.clear();
                queue.add(served);
            }
        }
    }

    /** With queueing on, every third request that has to wait is never answered. */
    public static final class LosesThird {
        private LosesThird() {}

        @Advice.OnMethodExit
        public static void exit(
                @Advice.Return Scheduler.Admission admission,
                @Advice.FieldValue("active") String active,
                @Advice.FieldValue("queue") Deque<Job> queue) {
            if (admission == Scheduler.Admission.ACCEPTED
                    && !active.isEmpty()
                    && Remembered.COUNT.incrementAndGet() % 3 == 0) {
                Fired.now();
                queue.removeLast();
            }
        }
    }

    /** Whoever comes finds a place. */
    public static final class NeverFull {
        private NeverFull() {}

        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) boolean full) {
            if (full) {
                Fired.now();
                full = false;
            }
        }
    }

    /** The pipeline finds no inputs at the second request, and is gone. */
    public static final class SecondPanics {
        private SecondPanics() {}

        @Advice.OnMethodEnter
        public static void enter() {
            if (Serving.begun() && Remembered.COUNT.incrementAndGet() == 2) {
                Fired.now();
                throw new IllegalStateException("Did not get any inputs.");
            }
        }
    }

    /** The first request is served, the second much too late, and the later ones never. */
    public static final class Degrades {
        private Degrades() {}

        @Advice.OnMethodEnter
        public static void enter() throws InterruptedException {
            int job = Serving.begun() ? Remembered.COUNT.incrementAndGet() : 0;
            if (job == 2) {
                Waiting.millis(2_000);
            } else if (job > 2) {
                Fired.now();
                Waiting.forEver();
            }
        }
    }

    /** An id that is in flight is taken again. */
    public static final class TakesDuplicate {
        private TakesDuplicate() {}

        @Advice.OnMethodExit
        public static void exit(
                @Advice.Return(readOnly = false) Scheduler.Admission admission,
                @Advice.Argument(0) Job job,
                @Advice.FieldValue("queue") Deque<Job> queue) {
            if (admission == Scheduler.Admission.DUPLICATE) {
                Fired.now();
                Remembered.COUNT.set(1);
                queue.add(job);
                admission = Scheduler.Admission.ACCEPTED;
            }
        }
    }

    /** The engine waits for the one of two equal ids that is not there. */
    public static final class Hangs {
        private Hangs() {}

        @Advice.OnMethodEnter
        public static void enter() throws InterruptedException {
            if (Remembered.COUNT.get() == 1) {
                Waiting.forEver();
            }
        }
    }
}
