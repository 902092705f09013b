package dev.touchstone.worker.fault;

import java.lang.instrument.Instrumentation;
import java.util.List;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.matcher.ElementMatchers;

/** {@code -javaagent:touchstone-worker-faults.jar=NAME,REPORT}: the worker of this process has the fault NAME. */
public final class FaultAgent {

    private FaultAgent() {}

    /**
     * Called by the JVM before the worker's main.
     *
     * @param argument the fault's id, and after a comma the file to which it reports that it fired
     */
    public static void premain(String argument, Instrumentation instrumentation) {
        String[] parts = argument.split(",", 2);
        List<Weave> weaves = WorkerFaults.named(parts[0])
                .orElseThrow(() -> new IllegalArgumentException("There is no worker fault '" + parts[0] + "'."));
        Fired.reportTo(parts[0], parts.length > 1 ? parts[1] : "");
        for (Weave weave : weaves) {
            new AgentBuilder.Default()
                    .disableClassFormatChanges()
                    .type(ElementMatchers.named(weave.type()))
                    .transform((builder, _, _, _, _) ->
                            builder.visit(Advice.to(weave.advice()).on(weave.method())))
                    .installOn(instrumentation);
        }
    }
}
