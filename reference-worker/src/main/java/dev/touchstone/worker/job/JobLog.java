package dev.touchstone.worker.job;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The bounded channel from engine to sender: an append-only log with room for everything that a job can ever say, so the
 * engine never waits for a reader. One thread appends at a time; one reads. The sender is woken once for any number of
 * events appended before it looks.
 */
public final class JobLog {
    private final JobEvent[] slots;
    private final AtomicBoolean awake = new AtomicBoolean();
    private volatile int written;
    private int tokens;
    private volatile Runnable wake = () -> {};

    JobLog(int maxTokens) {
        // started, metrics and one terminal event stand beside the tokens
        slots = new JobEvent[maxTokens + 3];
    }

    synchronized void append(JobEvent event) {
        slots[written] = event;
        tokens += event instanceof JobEvent.Token ? 1 : 0;
        written = written + 1;
        if (!awake.getAndSet(true)) {
            wake.run();
        }
    }

    /** Sets what wakes the reader; it must not block. Runs at once if something has already been written. */
    public synchronized void onWritten(Runnable wakeReader) {
        wake = wakeReader;
        if (written > 0) {
            awake.set(true);
            wakeReader.run();
        }
    }

    /** Called by the reader before it looks, so that later events wake it again. */
    public void looking() {
        awake.set(false);
    }

    public int written() {
        return written;
    }

    /** How many token events have been written: what the job generated, however it ended. */
    synchronized int tokens() {
        return tokens;
    }

    /** @param index below {@link #written()} */
    public JobEvent get(int index) {
        return slots[index];
    }
}
