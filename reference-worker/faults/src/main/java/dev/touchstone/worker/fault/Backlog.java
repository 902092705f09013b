package dev.touchstone.worker.fault;

import dev.touchstone.worker.job.JobEvent;
import dev.touchstone.worker.job.JobLog;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

/** Events of a job that wait for its reader. Thread-safe. */
public final class Backlog {

    private static final int MOST = 256;
    private static final int KEPT = 64;
    private static final Map<JobLog, JobEvent.Token> MERGED = Collections.synchronizedMap(new WeakHashMap<>());

    private Backlog() {}

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
    public static JobEvent event(JobLog log, JobEvent event) {
        if (event instanceof JobEvent.Token token) {
            JobEvent.Token merged = MERGED.getOrDefault(log, token);
            return merged.index() == token.index() ? merged : event;
        }
        return event;
    }

    private static int newest(JobLog log, int sent) {
        int written = log.written();
        int next = sent;
        while (written - sent > MOST && written - next > KEPT && log.get(next + 1) instanceof JobEvent.Token) {
            next++;
        }
        return next;
    }
}
