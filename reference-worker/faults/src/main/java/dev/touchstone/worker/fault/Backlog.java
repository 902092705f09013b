package dev.touchstone.worker.fault;

import dev.touchstone.worker.job.JobEvent;
import dev.touchstone.worker.job.JobLog;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

/** Events of a job that wait for its reader. Thread-safe. */
public final class Backlog {

    private static final int MOST = 16;
    private static final int KEPT = 4;
    /** A reader that is only a little late is served as it should be. */
    private static final long LATE_NANOS = 300_000_000;

    private static final Map<JobLog, Long> STALLED = Collections.synchronizedMap(new WeakHashMap<>());
    private static final Map<Object, JobEvent.Token> MERGED = Collections.synchronizedMap(new WeakHashMap<>());

    private Backlog() {}

    /** The reader's socket is full, now or still. */
    public static void stalls(JobLog log, boolean already) {
        if (!already) {
            STALLED.put(log, System.nanoTime());
        }
    }

    /** The event to send next, where all but the newest tokens are dropped. */
    public static int dropped(JobLog log, int sent) {
        int next = newest(log, sent);
        if (next > sent) {
            Fired.now();
        }
        return next;
    }

    /** The event to send next, where all but the newest tokens come as one. */
    public static int merged(JobLog log, int sent) {
        int next = newest(log, sent);
        StringBuilder text = new StringBuilder();
        for (int index = sent; index <= next && next > sent; index++) {
            if (log.get(index) instanceof JobEvent.Token token) {
                text.append(token.text());
                MERGED.put(log, new JobEvent.Token(token.index(), text.toString()));
            }
        }
        if (next > sent) {
            Fired.now();
        }
        return next;
    }

    /** The event that is sent in place of this one. */
    public static JobEvent event(Object log, JobEvent event) {
        if (event instanceof JobEvent.Token token) {
            JobEvent.Token merged = MERGED.getOrDefault(log, token);
            return merged.index() == token.index() ? merged : event;
        }
        return event;
    }

    private static int newest(JobLog log, int sent) {
        int written = log.written();
        int next = sent;
        boolean late = System.nanoTime() - STALLED.getOrDefault(log, System.nanoTime()) > LATE_NANOS;
        while (late
                && written - sent > MOST
                && log.get(next) instanceof JobEvent.Token
                && written - next > KEPT
                && log.get(next + 1) instanceof JobEvent.Token) {
            next++;
        }
        return next;
    }
}
