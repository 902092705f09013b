package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.named;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import net.bytebuddy.asm.Advice;

/**
 * What a worker says and does once its engine has failed for good. The engine of such a worker can be broken from outside:
 * it fails as soon as the file REPORT.broken.PID is there. {@code breakable-engine} has that and nothing else, and is the
 * honest twin of the others.
 */
final class EngineDeathFaults {

    private static final String SEQUENCE = "dev.touchstone.worker.engine.cpu.CpuSequence";
    private static final String ON_GPU = "dev.touchstone.worker.engine.cuda.CudaSequence";
    private static final String SCHEDULER = "dev.touchstone.worker.job.Scheduler";
    private static final String GENERATION = "dev.touchstone.worker.job.Generation";
    private static final String SERVER = "dev.touchstone.worker.http.WorkerServer";
    private static final String REPLY = "dev.touchstone.worker.http.Reply";

    static final Map<String, List<Weave>> ALL = Map.ofEntries(
            breakable("breakable-engine"),
            breakable("healthy-after-engine-death", new Weave(SCHEDULER, named("failed"), NeverFailed.class)),
            breakable("engine-thread-dies-silently", new Weave(GENERATION, named("run"), ThreadDies.class)),
            breakable("health-recovers-without-engine", new Weave(SCHEDULER, named("failed"), FailedForAWhile.class)),
            breakable("health-200-unhealthy", new Weave(REPLY, named("send"), Status200.class)),
            breakable("health-503-healthy", new Weave(REPLY, named("send"), SaysHealthy.class)),
            breakable(
                    "health-blocks-then-healthy",
                    new Weave(SERVER, named("health"), HealthBlocks.class),
                    new Weave(SCHEDULER, named("failed"), NeverFailed.class)),
            breakable("engine-death-leaves-job-open", new Weave(SCHEDULER, named("finish"), JobLeftOpen.class)));

    private EngineDeathFaults() {}

    private static Map.Entry<String, List<Weave>> breakable(String id, Weave... weaves) {
        return Map.entry(
                id,
                Stream.concat(
                                Stream.of(
                                        new Weave(SEQUENCE, named("decode"), Breaks.class),
                                        new Weave(ON_GPU, named("decode").or(named("decodeGreedy")), BreaksGpu.class)),
                                Stream.of(weaves))
                        .toList());
    }

    /** Whether the engine has been broken; public because it is used from within the worker's classes. */
    public static final class Engine {
        private static final int A_WHILE = 8;
        private static final long BLOCK_NANOS = 15_500_000_000L;
        private static final AtomicInteger ASKED = new AtomicInteger();
        private static volatile boolean broken;

        private Engine() {}

        /** Whether somebody has broken it. */
        public static boolean isBroken() {
            if (!broken) {
                broken = Files.exists(Path.of(
                        Fired.file() + ".broken." + ProcessHandle.current().pid()));
            }
            return broken;
        }

        /** The same, and the fault shows. */
        public static boolean isBrokenAndLying() {
            boolean now = broken;
            if (now) {
                Fired.now();
            }
            return now;
        }

        /** Whether it has been asked often enough to be forgotten. */
        public static boolean isForgotten() {
            return broken && ASKED.incrementAndGet() > A_WHILE && isBrokenAndLying();
        }

        /** Waits for the answer of an engine that will give none. */
        public static void await() {
            if (isBrokenAndLying()) {
                long until = System.nanoTime() + BLOCK_NANOS;
                while (System.nanoTime() < until) {
                    LockSupport.parkNanos(until - System.nanoTime());
                }
            }
        }
    }

    /** The engine fails at its next step once it has been broken. */
    public static final class Breaks {
        @Advice.OnMethodEnter
        public static void enter() {
            if (Engine.isBroken()) {
                throw new IllegalStateException("the device is lost");
            }
        }
    }

    /** On a GPU it is the device that fails, and the engine has to notice. */
    public static final class BreaksGpu {
        @Advice.OnMethodEnter
        public static void enter() {
            if (Engine.isBroken()) {
                TrapKernel.launch();
            }
        }
    }

    /** Nobody hears of the failure. */
    public static final class NeverFailed {
        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) boolean failed) {
            if (Engine.isBrokenAndLying()) {
                failed = false;
            }
        }
    }

    /** The failure is forgotten after some calls. */
    public static final class FailedForAWhile {
        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) boolean failed) {
            if (failed && Engine.isForgotten()) {
                failed = false;
            }
        }
    }

    /** The engine's thread ends without a word: no terminal event, no mark, and jobs go on to be accepted. */
    public static final class ThreadDies {
        @Advice.OnMethodExit(onThrowable = Throwable.class)
        public static void exit(@Advice.Thrown(readOnly = false) Throwable thrown) {
            if (thrown != null && Engine.isBrokenAndLying()) {
                thrown = new InterruptedException("the engine's thread");
            }
        }
    }

    /** The status says that all is well. */
    public static final class Status200 {
        @Advice.OnMethodEnter
        public static void enter(
                @Advice.Argument(value = 1, readOnly = false) int status, @Advice.Argument(3) String body) {
            if (status == 503 && body.startsWith("{\"status\"") && Engine.isBrokenAndLying()) {
                status = 200;
            }
        }
    }

    /** The body says that all is well. */
    public static final class SaysHealthy {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 3, readOnly = false) String body) {
            if (body.startsWith("{\"status\":\"unhealthy\"") && Engine.isBrokenAndLying()) {
                body = body.replace("unhealthy", "healthy");
            }
        }
    }

    /** Health asks the engine, and waits for it. */
    public static final class HealthBlocks {
        @Advice.OnMethodEnter
        public static void enter() {
            Engine.await();
        }
    }

    /** The job that ran is never told. */
    public static final class JobLeftOpen {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter() {
            return Engine.isBrokenAndLying();
        }
    }
}
