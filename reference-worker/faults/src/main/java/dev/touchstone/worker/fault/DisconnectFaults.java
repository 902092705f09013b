package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.named;

import dev.touchstone.worker.job.Job;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import net.bytebuddy.asm.Advice;

/** Clients that go away, or do not read, treated otherwise than promised. */
final class DisconnectFaults {

    private static final String SCHEDULER = "dev.touchstone.worker.job.Scheduler";
    private static final String STREAM = "dev.touchstone.worker.http.EventStream";

    static final Map<String, List<Weave>> ALL = Map.ofEntries(
            Map.entry("zombie-generation", List.of(new Weave(SCHEDULER, CancelFaults.OF_JOB, Zombie.class))),
            Map.entry(
                    "unstreamed-departure-ignored",
                    List.of(new Weave("dev.touchstone.worker.http.WholeAnswer", named("close"), Unstreamed.class))),
            Map.entry(
                    "departure-breaks-engine", List.of(new Weave(SCHEDULER, CancelFaults.OF_JOB, BreaksEngine.class))),
            Map.entry(
                    "departure-crashes-at-next-connection",
                    List.of(
                            new Weave(SCHEDULER, CancelFaults.OF_JOB, PipeBreaks.class),
                            new Weave("dev.touchstone.worker.http.WorkerServer", named("route"), Crashes.class))),
            Map.entry(
                    "queued-departure-aborts-running",
                    List.of(new Weave(SCHEDULER, CancelFaults.OF_JOB, AbortsRunning.class))),
            Map.entry(
                    "aborts-leak-slots",
                    List.of(
                            new Weave(SCHEDULER, CancelFaults.OF_JOB, LosesSlot.class),
                            new Weave(SCHEDULER, named("take"), NoSlot.class))),
            Map.entry(
                    "stalled-reader-blocks-engine",
                    List.of(
                            new Weave(STREAM, named("waitForSocket"), Stalls.class),
                            new Weave(STREAM, named("pump"), GoesOn.class),
                            new Weave(STREAM, named("close"), Gone.class),
                            new Weave("dev.touchstone.worker.job.Generation", named("check"), WaitsForReader.class))),
            Map.entry("stalled-reader-kept", List.of(new Weave(STREAM, named("tick"), NeverStalled.class))),
            Map.entry(
                    "stalled-reader-blocks-health",
                    List.of(
                            new Weave(STREAM, named("waitForSocket"), Stalls.class),
                            new Weave(STREAM, named("pump"), GoesOn.class),
                            new Weave(STREAM, named("close"), Gone.class),
                            new Weave("dev.touchstone.worker.http.WorkerServer", named("health"), HealthWaits.class))));

    /** What the worker says of a job whose client has gone. */
    public static final String GONE = "The client went away.";

    /** How many aborts it takes until nothing is left. */
    public static final int SLOTS = 8;

    private DisconnectFaults() {}

    /** A job whose client has gone runs on. */
    public static final class Zombie {
        private Zombie() {}

        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter(@Advice.Argument(1) String reason) {
            if (reason.equals(GONE)) {
                Fired.now();
                return true;
            }
            return false;
        }
    }

    /** Whoever waits for a whole answer and goes away is not noticed. */
    public static final class Unstreamed {
        private Unstreamed() {}

        @Advice.OnMethodEnter
        public static void enter(@Advice.FieldValue(value = "answered", readOnly = false) boolean answered) {
            if (!answered) {
                Fired.now();
                answered = true;
            }
        }
    }

    /** A client that leaves in the middle of its stream takes the engine with it. */
    public static final class BreaksEngine {
        private BreaksEngine() {}

        @Advice.OnMethodEnter
        public static void enter(
                @Advice.Argument(0) Job job,
                @Advice.Argument(1) String reason,
                @Advice.FieldValue("active") String active,
                @Advice.FieldValue(value = "failed", readOnly = false) boolean failed) {
            if (reason.equals(GONE) && job.id().equals(active)) {
                Fired.now();
                failed = true;
            }
        }
    }

    /** The broken pipe of a client that left is handled by nobody. */
    public static final class PipeBreaks {
        private PipeBreaks() {}

        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(1) String reason) {
            if (reason.equals(GONE)) {
                Remembered.FLAG.set(true);
            }
        }
    }

    /** The next connection meets what the broken pipe left. */
    public static final class Crashes {
        private Crashes() {}

        @Advice.OnMethodEnter
        public static void enter() {
            if (Remembered.FLAG.get()) {
                Fired.now();
                Runtime.getRuntime().halt(139);
            }
        }
    }

    /** The abort of a job that waits goes to the slot that is in use. */
    public static final class AbortsRunning {
        private AbortsRunning() {}

        @Advice.OnMethodEnter
        public static void enter(
                @Advice.This Object scheduler,
                @Advice.Argument(0) Job job,
                @Advice.Argument(1) String reason,
                @Advice.FieldValue("active") String active,
                @Advice.FieldValue("live") Map<String, Job> live,
                @Advice.FieldValue("queue") Deque<Job> queue) {
            Job running = live.get(active);
            if (reason.equals(GONE) && running != null && queue.contains(job)) {
                Fired.now();
                Jobs.cancel(scheduler, running, reason);
            }
        }
    }

    /** An aborted job keeps what it had of the cache. */
    public static final class LosesSlot {
        private LosesSlot() {}

        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(1) String reason) {
            if (reason.equals(GONE)) {
                Remembered.COUNT.incrementAndGet();
            }
        }
    }

    /** Without a free slot nothing is admitted any more. */
    public static final class NoSlot {
        private NoSlot() {}

        @Advice.OnMethodEnter
        public static void enter(@Advice.This Object scheduler, @Advice.FieldValue("draining") boolean draining)
                throws InterruptedException {
            while (Remembered.COUNT.get() >= SLOTS && !draining) {
                Fired.now();
                scheduler.wait(100);
            }
        }
    }

    /** A stream whose socket takes no more. */
    public static final class Stalls {
        private Stalls() {}

        @Advice.OnMethodEnter
        public static void enter(@Advice.FieldValue("job") Job job) {
            Remembered.THINGS.add(job);
        }
    }

    /** A stream whose socket took something. */
    public static final class GoesOn {
        private GoesOn() {}

        @Advice.OnMethodExit
        public static void exit(@Advice.FieldValue("job") Job job, @Advice.FieldValue("stalled") boolean stalled) {
            if (!stalled) {
                Remembered.THINGS.remove(job);
            }
        }
    }

    /** A stream that is over. */
    public static final class Gone {
        private Gone() {}

        @Advice.OnMethodEnter
        public static void enter(@Advice.FieldValue("job") Job job) {
            Remembered.THINGS.remove(job);
        }
    }

    /** The engine writes to the socket itself, and waits until it takes a token. */
    public static final class WaitsForReader {
        private WaitsForReader() {}

        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(0) Job job) throws InterruptedException {
            while (Remembered.THINGS.contains(job)) {
                Fired.now();
                Waiting.millis(20);
            }
        }
    }

    /** A reader that stalls is taken for one that has just read. */
    public static final class NeverStalled {
        private NeverStalled() {}

        @Advice.OnMethodEnter
        public static void enter(
                @Advice.FieldValue("stalled") boolean stalled,
                @Advice.FieldValue(value = "lastProgress", readOnly = false) long lastProgress) {
            if (stalled) {
                Fired.now();
                lastProgress = System.nanoTime();
            }
        }
    }

    /** Health comes by the thread that writes to the socket. */
    public static final class HealthWaits {
        private HealthWaits() {}

        @Advice.OnMethodEnter
        public static void enter() throws InterruptedException {
            while (!Remembered.THINGS.isEmpty()) {
                Fired.now();
                Waiting.millis(20);
            }
        }
    }
}
