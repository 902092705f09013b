package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;

import dev.touchstone.worker.job.Job;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.matcher.ElementMatcher;

/** Cancellation otherwise than promised. */
final class CancelFaults {

    private static final String SCHEDULER = "dev.touchstone.worker.job.Scheduler";
    private static final ElementMatcher.Junction<MethodDescription> BY_ID =
            named("cancel").and(takesArgument(0, String.class));

    static final ElementMatcher.Junction<MethodDescription> OF_JOB =
            named("cancel").and(takesArgument(0, named("dev.touchstone.worker.job.Job")));

    static final Map<String, List<Weave>> ALL = Map.ofEntries(
            Map.entry(
                    "cancel-hits-next-job",
                    CommonWeaves.serving(
                            new Weave(SCHEDULER, BY_ID, CancelKept.class),
                            new Weave(SCHEDULER, named("runOne"), CancelMet.class))),
            Map.entry("cancel-hits-running-job", List.of(new Weave(SCHEDULER, BY_ID, CancelOfRunning.class))),
            Map.entry("queued-cancel-ignored", List.of(new Weave(SCHEDULER, OF_JOB, QueuedIgnored.class))),
            Map.entry("cancel-kills-process", CommonWeaves.serving(new Weave(SCHEDULER, BY_ID, Kills.class))));

    private CancelFaults() {}

    /** A cancel of no job stays in the flag that the engine looks at. */
    public static final class CancelKept {
        private CancelKept() {}

        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(0) String id, @Advice.FieldValue("live") Map<String, Job> live) {
            if (Serving.begun() && !live.containsKey(id)) {
                Remembered.FLAG.set(true);
            }
        }
    }

    /** The next job finds the flag set. */
    public static final class CancelMet {
        private CancelMet() {}

        @Advice.OnMethodEnter
        public static void enter(@Advice.This Object scheduler, @Advice.Argument(0) Job job) {
            if (Remembered.FLAG.getAndSet(false)) {
                Fired.now();
                Jobs.cancel(scheduler, job, "The job was cancelled by POST /cancel.");
            }
        }
    }

    /** The worker has one job in mind, whatever id is named. */
    public static final class CancelOfRunning {
        private CancelOfRunning() {}

        @Advice.OnMethodEnter
        public static void enter(
                @Advice.Argument(value = 0, readOnly = false) String id,
                @Advice.FieldValue("live") Map<String, Job> live,
                @Advice.FieldValue("active") String active) {
            if (!live.containsKey(id) && !active.isEmpty()) {
                Fired.now();
                id = active;
            }
        }
    }

    /** With two or more in the queue a cancel finds none of them. */
    public static final class QueuedIgnored {
        private QueuedIgnored() {}

        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter(@Advice.Argument(0) Job job, @Advice.FieldValue("queue") Deque<Job> queue) {
            if (queue.size() < 2 || !queue.contains(job)) {
                return false;
            }
            Fired.now();
            return true;
        }
    }

    /** A cancel while the job streams ends the process. */
    public static final class Kills {
        private Kills() {}

        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(0) String id, @Advice.FieldValue("active") String active) {
            if (Serving.begun() && id.equals(active)) {
                Fired.now();
                Runtime.getRuntime().halt(134);
            }
        }
    }
}
