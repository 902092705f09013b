package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.named;

import java.util.List;
import java.util.stream.Stream;

/** Weaves that stand beside those of many faults. What they call is in classes that do not know the weaving. */
final class CommonWeaves {

    private static final String SCHEDULER = "dev.touchstone.worker.job.Scheduler";

    /** For a fault that asks {@link Serving}. */
    static final Weave SERVING = new Weave("dev.touchstone.worker.ServeCommand", named("run"), Serving.Begins.class);

    /** For a fault that asks {@link Batch}. */
    static final List<Weave> BATCH = List.of(
            SERVING,
            new Weave("dev.touchstone.worker.job.Job", isConstructor(), Batch.Comes.class),
            new Weave(SCHEDULER, named("submit"), Batch.Places.class),
            new Weave(SCHEDULER, named("finish"), Batch.Places.class));

    /** For a fault that asks {@link Turn}. */
    static final List<Weave> TURN = List.of(
            SERVING,
            new Weave("dev.touchstone.worker.generate.ChainSampler", isConstructor(), Turn.Begins.class),
            new Weave("dev.touchstone.worker.engine.cpu.CpuSequence", named("prefill"), Turn.Reads.class));

    private CommonWeaves() {}

    /** The weaves of a fault that asks {@link Serving}. */
    static List<Weave> serving(Weave... weaves) {
        return Stream.concat(Stream.of(SERVING), Stream.of(weaves)).toList();
    }
}
