package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.named;

import dev.touchstone.worker.job.Job;
import dev.touchstone.worker.job.Scheduler;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import net.bytebuddy.asm.Advice;

/** Stops otherwise than promised. */
final class StopFaults {

    private static final String SCHEDULER = "dev.touchstone.worker.job.Scheduler";
    private static final String SERVE = "dev.touchstone.worker.ServeCommand";
    private static final String DRAIN = "drain";

    static final Map<String, List<Weave>> ALL = Map.ofEntries(
            Map.entry(
                    "stop-cuts-streams-after-grace",
                    List.of(new Weave(SCHEDULER, CancelFaults.OF_JOB, CutsAfterGrace.class))),
            Map.entry("stop-cuts-streams-at-once", List.of(new Weave(SERVE, named(DRAIN), NoDrain.class))),
            Map.entry("stop-exits-143", List.of(new Weave(SERVE, named(DRAIN), Exits143.class))),
            Map.entry("idle-stop-hangs", CommonWeaves.serving(new Weave(SCHEDULER, named(DRAIN), IdleHangs.class))),
            Map.entry(
                    "stop-takes-new-requests",
                    List.of(
                            new Weave(SCHEDULER, named("draining"), NotDraining.class),
                            new Weave(SCHEDULER, named("submit"), TakesNew.class))));

    /** What the worker says of a job that it ends because it stops. */
    public static final String STOPPING = "The worker is shutting down.";

    private StopFaults() {}

    /** When the time to drain is over, the running job is not told, and its connection goes with the process. */
    public static final class CutsAfterGrace {
        private CutsAfterGrace() {}

        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter(@Advice.Argument(0) Job job, @Advice.Argument(1) String reason) {
            if (reason.equals(STOPPING)) {
                Fired.now();
                return true;
            }
            return false;
        }
    }

    /** The process ends without a look at who is served. */
    public static final class NoDrain {
        private NoDrain() {}

        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter() {
            Fired.now();
            return true;
        }
    }

    /** The process ends with the status that the signal gives, although it ended in order. */
    public static final class Exits143 {
        private Exits143() {}

        @Advice.OnMethodExit
        public static void exit() {
            Fired.now();
            Runtime.getRuntime().halt(143);
        }
    }

    /** A process that has nothing to do waits for its whole time to drain. */
    public static final class IdleHangs {
        private IdleHangs() {}

        @Advice.OnMethodEnter
        public static void enter(
                @Advice.FieldValue("live") Map<String, Job> live,
                @Advice.FieldValue(value = "draining", readOnly = false) boolean draining)
                throws InterruptedException {
            if (!Serving.begun()) {
                return;
            }
            draining = true;
            if (Stopping.comesToRest(live)) {
                Fired.now();
                Waiting.millis(30_000);
            }
        }
    }

    /** Nobody is told that the worker stops. */
    public static final class NotDraining {
        private NotDraining() {}

        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) boolean draining) {
            draining = false;
        }
    }

    /** Who comes while the worker stops is served. */
    public static final class TakesNew {
        private TakesNew() {}

        @Advice.OnMethodExit
        public static void exit(
                @Advice.Argument(0) Job job,
                @Advice.Return(readOnly = false) Scheduler.Admission admission,
                @Advice.FieldValue("live") Map<String, Job> live,
                @Advice.FieldValue("queue") Deque<Job> queue) {
            if (admission == Scheduler.Admission.STOPPED) {
                Fired.now();
                live.put(job.id(), job);
                queue.add(job);
                admission = Scheduler.Admission.ACCEPTED;
            }
        }
    }
}
