package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.named;

import dev.touchstone.worker.generate.SamplingOptions;
import java.util.List;
import java.util.Map;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.matcher.ElementMatchers;

/** A restart after a kill that goes otherwise than promised. */
final class LifecycleFaults {

    private static final String SERVE = "dev.touchstone.worker.ServeCommand";

    static final Map<String, List<Weave>> ALL = Map.ofEntries(
            Map.entry("port-held-after-kill", List.of(new Weave(SERVE, named("probePort"), PortHeld.class))),
            Map.entry("stale-lock-file", List.of(new Weave(SERVE, named("probePort"), Locks.class))),
            Map.entry(
                    "other-text-after-kill",
                    List.of(
                            new Weave(SERVE, named("probePort"), KilledBefore.class),
                            new Weave(
                                    "dev.touchstone.worker.generate.ChainSampler",
                                    ElementMatchers.isConstructor(),
                                    OtherText.class))),
            Map.entry("engine-outlives-server", List.of(new Weave(SERVE, named("probePort"), EngineApart.class))));

    private LifecycleFaults() {}

    /** The port is bound without SO_REUSEADDR, so that the dead process's connections hold it. */
    public static final class PortHeld {
        private PortHeld() {}

        @Advice.OnMethodEnter
        public static void enter(@Advice.FieldValue("host") String host, @Advice.FieldValue("port") int port) {
            if (Ports.taken(host, port, false) && !Ports.taken(host, port, true)) {
                Refusal.say("--port " + port + " on " + host + " cannot be listened on; choose a free port.");
            }
        }
    }

    /** A file says that a worker runs on this port; only a clean stop takes it away. */
    public static final class Locks {
        private Locks() {}

        @Advice.OnMethodEnter
        public static void enter(@Advice.FieldValue("port") int port) {
            Mark lock = Mark.of("lock", port);
            if (lock.isThere()) {
                Refusal.say("Another worker runs on port " + port + ", for " + lock + " is there.");
            }
            lock.leave("");
            lock.takeAwayAtExit();
        }
    }

    /** What the killed process wrote of its cache is read by the next. */
    public static final class KilledBefore {
        private KilledBefore() {}

        @Advice.OnMethodEnter
        public static void enter(@Advice.FieldValue("port") int port) {
            Mark cache = Mark.of("cache", port);
            Remembered.FLAG.set(cache.isThere());
            cache.leave("");
            cache.takeAwayAtExit();
        }
    }

    /** Text with the half of a cache in it. */
    public static final class OtherText {
        private OtherText() {}

        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 0, readOnly = false) SamplingOptions options) {
            if (Remembered.FLAG.get()) {
                Fired.now();
                options = new SamplingOptions(
                        1.5, options.topP(), options.topK(), options.minP(), options.repetitionPenalty(), 7);
            }
        }
    }

    /**
     * The engine is a process of its own, which is told of a clean stop and not of a kill, and holds the GPU: here a file
     * that names it stands for the memory that it holds.
     */
    public static final class EngineApart {
        private EngineApart() {}

        @Advice.OnMethodEnter
        public static void enter(@Advice.FieldValue("port") int port) {
            Mark memory = Mark.of("gpu", port);
            if (memory.isThere()
                    && ProcessHandle.of(Long.parseLong(memory.text()))
                            .filter(ProcessHandle::isAlive)
                            .isPresent()) {
                Refusal.say("No available memory for the cache blocks; the GPU has 0 bytes free.");
            }
            memory.leave(EngineProcess.start());
        }
    }
}
