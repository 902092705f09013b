package dev.touchstone.worker.fault;

import java.lang.instrument.Instrumentation;
import org.jspecify.annotations.Nullable;

/**
 * {@code -javaagent:touchstone-worker-faults.jar=NAME,REPORT}: the worker of this process has the fault NAME. A fault
 * that cannot be woven whole ends the process with one sentence and status 1, or the kit would judge a worker without it.
 */
public final class FaultAgent {

    private static final int CANNOT_START = 1;

    private FaultAgent() {}

    /**
     * Called by the JVM before the worker's main.
     *
     * @param argument the fault's id, and after a comma the file to which it reports that it fired; without a file, or
     *     with an empty one, it reports to nobody
     */
    public static void premain(@Nullable String argument, Instrumentation instrumentation) {
        orEnd(() -> install(argument == null ? "" : argument, instrumentation));
    }

    /** Does it, or says why not and ends the process: the JVM would print a stack trace for what premain throws. */
    static void orEnd(Weaving weaving) {
        try {
            weaving.run();
        } catch (NotWoven e) {
            end("" + e.getMessage());
        }
    }

    /** Ends the process as a worker that could not start. It runs no shutdown hook: whose thread this is, is not known. */
    static void end(String sentence) {
        System.err.println(sentence.replaceAll("\\s+", " "));
        System.err.flush();
        Runtime.getRuntime().halt(CANNOT_START);
    }

    private static void install(String argument, Instrumentation instrumentation) throws NotWoven {
        String[] parts = argument.split(",", 2);
        WovenFault fault = WovenFault.read(parts[0])
                .orElseThrow(() -> new NotWoven("There is no worker fault '" + parts[0] + "'; " + accepted() + "."));
        Fired.reportTo(parts[0], parts.length > 1 ? parts[1] : "");
        fault.installOn(instrumentation);
    }

    private static String accepted() {
        try {
            var all = WovenFault.index();
            return all.isEmpty()
                    ? "this build has none"
                    : "accepted is the id of one of " + all.size() + ", such as '" + all.first() + "'";
        } catch (NotWoven e) {
            return "" + e.getMessage();
        }
    }

    /** What may fail to be woven. */
    @FunctionalInterface
    interface Weaving {
        void run() throws NotWoven;
    }
}
