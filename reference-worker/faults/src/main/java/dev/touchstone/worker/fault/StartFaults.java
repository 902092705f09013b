package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.named;

import dev.touchstone.worker.job.ErrorCode;
import dev.touchstone.worker.job.JobEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import net.bytebuddy.asm.Advice;

/** Starts otherwise than promised. */
final class StartFaults {

    private static final String SERVE = "dev.touchstone.worker.ServeCommand";
    private static final String GENERATION = "dev.touchstone.worker.job.Generation";

    static final Map<String, List<Weave>> ALL = Map.ofEntries(
            Map.entry("stack-trace-at-bad-start", List.of(new Weave(SERVE, named("serve"), StackTrace.class))),
            Map.entry("bad-start-exits-0", List.of(new Weave(SERVE, named("call"), ExitsZero.class))),
            Map.entry("hangs-at-cut-model", List.of(new Weave(SERVE, named("load"), HangsAtBadModel.class))),
            Map.entry("model-option-ignored", List.of(new Weave(SERVE, named("check"), IgnoresModel.class))),
            Map.entry("gpu-device-ignored", List.of(new Weave(SERVE, named("check"), IgnoresGpuDevice.class))),
            Map.entry(
                    "refusal-without-value",
                    List.of(new Weave(SERVE + "$StartFailure", isConstructor(), SaysNothing.class))),
            Map.entry("busy-port-evaded", List.of(new Weave(SERVE, named("probePort"), EvadesPort.class))),
            Map.entry("worker-id-ignored", List.of(new Weave(SERVE, named("run"), IgnoresWorkerId.class))),
            Map.entry(
                    "load-progress-untold",
                    List.of(new Weave("dev.touchstone.worker.telemetry.Log", named("line"), NoProgress.class))),
            Map.entry("slow-start", List.of(new Weave(SERVE, named("load"), Slow.class))),
            Map.entry("healthy-while-loading", List.of(new Weave(SERVE, named("load"), HealthyEarly.class))),
            Map.entry(
                    "first-request-waits-for-load",
                    CommonWeaves.serving(new Weave(GENERATION, named("run"), LoadsLazily.class))),
            Map.entry(
                    "first-request-fails",
                    CommonWeaves.serving(new Weave(GENERATION, named("run"), FirstFails.class))));

    private StartFaults() {}

    /** Why it cannot start is told as the place in its code. */
    public static final class StackTrace {
        private StackTrace() {}

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        public static void exit(@Advice.Thrown Throwable thrown) {
            if (thrown != null) {
                Fired.now();
                thrown.printStackTrace();
            }
        }
    }

    /** Who cannot start says so, and exits as if all were well. */
    public static final class ExitsZero {
        private ExitsZero() {}

        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) Integer status) {
            if (status != 0) {
                Fired.now();
                status = 0;
            }
        }
    }

    /** The loader waits for the rest of a file whose tensors are cut. */
    public static final class HangsAtBadModel {
        private HangsAtBadModel() {}

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        public static void exit(@Advice.Thrown Throwable thrown) throws InterruptedException {
            if (thrown != null && String.valueOf(thrown.getMessage()).contains("of the data section, which has")) {
                Fired.now();
                Waiting.forEver();
            }
        }
    }

    /** The embedded model is served whatever {@code --model} says. */
    public static final class IgnoresModel {
        private IgnoresModel() {}

        @Advice.OnMethodEnter
        public static void enter(@Advice.FieldValue(value = "model", readOnly = false) Optional<Path> model) {
            if (model.isPresent()) {
                Fired.now();
                model = Optional.empty();
            }
        }
    }

    /** A GPU that is not there is not missed: the CPU does it. */
    public static final class IgnoresGpuDevice {
        private IgnoresGpuDevice() {}

        @Advice.OnMethodEnter
        public static void enter(@Advice.FieldValue(value = "gpuDevice", readOnly = false) Optional<Integer> device) {
            if (device.isPresent()) {
                Fired.now();
                device = Optional.empty();
            }
        }
    }

    /** Something was wrong; what is for the reader to find out. */
    public static final class SaysNothing {
        private SaysNothing() {}

        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 0, readOnly = false) String message) {
            Fired.now();
            message = "The worker could not be started because of its configuration.";
        }
    }

    /** A port that is taken is left to its owner, and another listened on. */
    public static final class EvadesPort {
        private EvadesPort() {}

        @Advice.OnMethodEnter
        public static void enter(
                @Advice.FieldValue("host") String host, @Advice.FieldValue(value = "port", readOnly = false) int port) {
            if (Ports.taken(host, port, true)) {
                Fired.now();
                port = 0;
            }
        }
    }

    /** The worker makes an id of its own. */
    public static final class IgnoresWorkerId {
        private IgnoresWorkerId() {}

        @Advice.OnMethodEnter
        public static void enter(@Advice.FieldValue(value = "workerId", readOnly = false) String workerId) {
            Fired.now();
            workerId = UUID.randomUUID().toString();
        }
    }

    /** Nobody hears how far the load is. */
    public static final class NoProgress {
        private NoProgress() {}

        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter(@Advice.Argument(0) String event) {
            if (event.equals("load_progress")) {
                Fired.now();
                return true;
            }
            return false;
        }
    }

    /** The load takes seven seconds more. */
    public static final class Slow {
        private Slow() {}

        @Advice.OnMethodEnter
        public static void enter() throws InterruptedException {
            Fired.now();
            Waiting.millis(7_000);
        }
    }

    /** Health says healthy as soon as the port is open, and the load has only begun. */
    public static final class HealthyEarly {
        private HealthyEarly() {}

        @Advice.OnMethodEnter
        public static EarlyListener enter(@Advice.FieldValue("host") String host, @Advice.FieldValue("port") int port)
                throws IOException {
            return EarlyListener.open(host, port);
        }

        @Advice.OnMethodExit
        public static void exit(@Advice.Enter EarlyListener early) throws InterruptedException {
            Waiting.millis(1_000);
            early.close();
        }
    }

    /** The model is loaded when it is first needed, which takes as long as all before, and three seconds at least. */
    public static final class LoadsLazily {
        private LoadsLazily() {}

        @Advice.OnMethodEnter
        public static void enter() throws InterruptedException {
            if (Serving.begun() && !Remembered.FLAG.getAndSet(true)) {
                Fired.now();
                Waiting.millis(Math.max(3_000, Waiting.sinceTheStart()));
            }
        }
    }

    /** The first request after the start finds the model not there. */
    public static final class FirstFails {
        private FirstFails() {}

        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter() {
            return Serving.begun() && !Remembered.FLAG.getAndSet(true);
        }

        @Advice.OnMethodExit
        public static void exit(@Advice.Enter boolean skipped, @Advice.Return(readOnly = false) JobEvent end) {
            if (skipped) {
                Fired.now();
                end = new JobEvent.Failed(ErrorCode.INTERNAL, "The model is not loaded.");
            }
        }
    }
}
