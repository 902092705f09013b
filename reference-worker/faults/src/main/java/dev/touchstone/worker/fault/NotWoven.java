package dev.touchstone.worker.fault;

/** Says in one sentence why the fault would not be in the worker. */
public final class NotWoven extends Exception {

    private static final long serialVersionUID = 1;

    public NotWoven(String sentence) {
        super(sentence);
    }
}
