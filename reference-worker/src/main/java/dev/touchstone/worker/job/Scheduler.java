package dev.touchstone.worker.job;

import dev.touchstone.worker.engine.DeviceFailure;
import dev.touchstone.worker.engine.Engine;
import dev.touchstone.worker.model.tokenizer.Tokenizer;
import dev.touchstone.worker.telemetry.Log;
import dev.touchstone.worker.telemetry.Metrics;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The bounded queue and the one engine thread. Every method but the constructor may be called from any thread and none
 * waits for the engine. A job's id is free again before its terminal event can be read.
 */
public final class Scheduler {
    /** What became of a submitted job. */
    public enum Admission {
        ACCEPTED,
        FULL,
        DUPLICATE,
        STOPPED
    }

    private final ArrayDeque<Job> queue = new ArrayDeque<>();
    private final Map<String, Job> live = new HashMap<>();
    private final Generation generation;
    private final Metrics metrics;
    private final Log log;
    private final int maxQueue;
    private volatile String active = "";
    private volatile int depth;
    private volatile int places;
    private volatile boolean failed;
    private volatile boolean draining;

    public Scheduler(Engine engine, Tokenizer tokenizer, Duration timeout, int maxQueue, Metrics metrics, Log log) {
        this.generation = new Generation(engine, tokenizer, timeout);
        this.maxQueue = maxQueue;
        this.metrics = metrics;
        this.log = log;
    }

    public void start() {
        Thread.ofPlatform().name("engine").daemon().start(this::loop);
    }

    /** Whether a new job would find no place: one runs, and as many wait as may. */
    public boolean full() {
        return places >= maxQueue + 1;
    }

    /** Bytes of KV cache in use, 0 when idle. */
    public long kvBytesUsed() {
        return generation.kvBytesUsed();
    }

    public boolean failed() {
        return failed;
    }

    public boolean draining() {
        return draining;
    }

    /** Id of the running job, or empty. */
    public String active() {
        return active;
    }

    public int depth() {
        return depth;
    }

    public synchronized Admission submit(Job job) {
        if (draining || failed) {
            return Admission.STOPPED;
        }
        if (live.containsKey(job.id())) {
            return Admission.DUPLICATE;
        }
        if (full()) {
            return Admission.FULL;
        }
        live.put(job.id(), job);
        places = live.size();
        queue.add(job);
        depth = queue.size();
        notifyAll();
        return Admission.ACCEPTED;
    }

    /** Cancels by id; does nothing when no live job has it. */
    public void cancel(String id, String reason) {
        Job job;
        synchronized (this) {
            job = live.get(id);
        }
        if (job != null) {
            cancel(job, reason);
        }
    }

    /** Cancels this very job; a queued one ends at once. */
    public void cancel(Job job, String reason) {
        job.cancel(reason);
        boolean queued;
        synchronized (this) {
            queued = queue.remove(job);
            depth = queue.size();
        }
        if (queued) {
            finish(job, new JobEvent.Failed(ErrorCode.CANCELLED, job.cancelReason()));
        }
    }

    /** Refuses new jobs, ends the queued ones, and gives the running one some time before it is cancelled. */
    public void drain(Duration grace) throws InterruptedException {
        draining = true;
        List<Job> waiting;
        synchronized (this) {
            waiting = new ArrayList<>(queue);
            notifyAll();
        }
        waiting.forEach(job -> cancel(job, "The worker is shutting down."));
        if (!awaitIdle(grace)) {
            cancel(active, "The worker is shutting down.");
            awaitIdle(Duration.ofSeconds(1));
        }
    }

    private synchronized boolean awaitIdle(Duration limit) throws InterruptedException {
        long until = System.nanoTime() + limit.toNanos();
        while (!live.isEmpty()) {
            long left = (until - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    private void loop() {
        try {
            for (Optional<Job> job = take(); job.isPresent(); job = take()) {
                runOne(job.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The next job; empty once there will be none. */
    private synchronized Optional<Job> take() throws InterruptedException {
        while (queue.isEmpty()) {
            if (draining) {
                return Optional.empty();
            }
            wait();
        }
        Job job = queue.remove();
        active = job.id();
        depth = queue.size();
        return Optional.of(job);
    }

    private void runOne(Job job) throws InterruptedException {
        long begun = System.nanoTime();
        JobEvent end;
        try {
            end = generation.run(job, metrics::firstToken);
        } catch (DeviceFailure e) {
            failed = true;
            log.line("engine_failed", "job_id", job.id(), "error", String.valueOf(e.getMessage()));
            end = new JobEvent.Failed(ErrorCode.CUDA_ERROR, "The GPU failed, and the worker takes no more jobs.");
        } catch (RuntimeException | Error e) {
            failed = true;
            log.line("engine_failed", "job_id", job.id(), "error", e.getClass().getSimpleName());
            end = new JobEvent.Failed(ErrorCode.INTERNAL, "The engine failed, and the worker takes no more jobs.");
        }
        metrics.duration(System.nanoTime() - begun);
        finish(job, end);
        if (failed) {
            abandonQueue();
            throw new InterruptedException("engine failed");
        }
    }

    private void abandonQueue() {
        List<Job> waiting;
        synchronized (this) {
            waiting = new ArrayList<>(queue);
            queue.clear();
            depth = 0;
        }
        for (Job job : waiting) {
            finish(
                    job,
                    new JobEvent.Failed(ErrorCode.INTERNAL, "The engine failed, and the worker takes no more jobs."));
        }
    }

    private void finish(Job job, JobEvent end) {
        String outcome = end instanceof JobEvent.Failed f ? f.code().name().toLowerCase(java.util.Locale.ROOT) : "ok";
        int tokens = job.log().tokens();
        metrics.finished(outcome, tokens);
        log.line(
                "job_finished",
                "job_id",
                job.id(),
                "outcome",
                outcome,
                "tokens_in",
                Integer.toString(job.promptTokens()),
                "tokens_out",
                Integer.toString(tokens));
        synchronized (this) {
            live.remove(job.id(), job);
            places = live.size();
            if (active.equals(job.id())) {
                active = "";
            }
            notifyAll();
        }
        job.log().append(end);
    }
}
