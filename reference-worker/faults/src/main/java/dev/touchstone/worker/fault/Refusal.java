package dev.touchstone.worker.fault;

/** The end of a process that will not start. */
public final class Refusal {

    private static final int CANNOT_START = 1;

    private Refusal() {}

    /** Tells why, in one line, and ends the process. */
    public static void say(String line) {
        Fired.now();
        System.err.println(line);
        System.err.flush();
        Runtime.getRuntime().halt(CANNOT_START);
    }
}
