package dev.touchstone.worker.fault;

import dev.touchstone.worker.generate.ChainSampler;
import java.lang.instrument.Instrumentation;

/** An agent that comes too late: the class to be replaced is loaded before. */
public final class EarlyAgent {

    private EarlyAgent() {}

    public static void premain(String argument, Instrumentation instrumentation) {
        new ChainSampler(SeedProbe.OPTIONS).seen(0);
        FaultAgent.premain(argument, instrumentation);
    }
}
