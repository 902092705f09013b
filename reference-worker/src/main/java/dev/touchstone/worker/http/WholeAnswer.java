package dev.touchstone.worker.http;

import dev.touchstone.worker.job.Job;
import dev.touchstone.worker.job.JobEvent;
import dev.touchstone.worker.job.JobLog;
import dev.touchstone.worker.job.Scheduler;
import io.undertow.server.HttpServerExchange;
import java.util.ArrayList;
import java.util.List;
import org.xnio.IoUtils;

/**
 * Answers with one body once the job has ended. Lives on the I/O thread of its connection, as {@link EventStream} does,
 * and like it cancels the job of a client that goes away.
 */
final class WholeAnswer {
    private final HttpServerExchange exchange;
    private final Job job;
    private final Scheduler scheduler;
    private final Dialect.Summary summary;
    private final Runnable onClosed;
    private final ClientWatch watch;
    private boolean answered;
    private boolean closed;

    WholeAnswer(HttpServerExchange exchange, Job job, Scheduler scheduler, Dialect.Summary summary, Runnable onClosed) {
        this.exchange = exchange;
        this.job = job;
        this.scheduler = scheduler;
        this.summary = summary;
        this.onClosed = onClosed;
        this.watch = new ClientWatch(exchange, () -> {
            close();
            IoUtils.safeClose(exchange.getConnection());
        });
    }

    /** Begins to wait for the end. Called on the I/O thread. */
    void start() {
        exchange.getConnection().addCloseListener(c -> close());
        exchange.addExchangeCompleteListener((x, next) -> {
            close();
            next.proceed();
        });
        watch.start();
        job.log().onWritten(() -> exchange.getIoThread().execute(this::look));
    }

    private void look() {
        JobLog log = job.log();
        log.looking();
        int written = log.written();
        if (closed || answered || written == 0 || !log.get(written - 1).terminal()) {
            return;
        }
        answered = true;
        watch.stop();
        List<JobEvent> events = new ArrayList<>(written);
        for (int i = 0; i < written; i++) {
            events.add(log.get(i));
        }
        Dialect.Body body = summary.of(events);
        Reply.json(exchange, body.status(), body.json());
    }

    private void close() {
        if (!closed) {
            closed = true;
            watch.stop();
            if (!answered) {
                scheduler.cancel(job, "The client went away.");
            }
            onClosed.run();
        }
    }
}
