package dev.touchstone.worker.fault;

import dev.touchstone.worker.Main;

/** Where a worker begins that shares a process with others; each has a class of this name of its own. */
public final class HostedStart {

    private HostedStart() {}

    /**
     * Serves until the thread is interrupted or the worker ends by itself.
     *
     * @param fault its id, empty for an honest worker
     * @param report file to which the fault reports that it fired
     * @param arguments of the command line, from {@code serve} on
     * @return the exit status that a process would have
     * @throws NotWoven when the report could not be written later
     */
    public static int serve(String fault, String report, String... arguments) throws NotWoven {
        Fired.reportTo(fault, report);
        return Main.commandLine().execute(arguments);
    }
}
