package dev.touchstone.worker.job;

import dev.touchstone.worker.generate.SamplingOptions;
import java.util.List;

/** One accepted request. The flags may be set from any thread; everything else is immutable. */
public final class Job {
    private final String id;
    private final int[] prompt;
    private final int maxTokens;
    private final SamplingOptions options;
    private final List<String> stops;
    private final JobLog log;
    private final long acceptedNanos = System.nanoTime();
    private volatile String cancelled = "";

    /** @param prompt one token or more: without one there are no logits to choose from */
    public Job(String id, int[] prompt, int maxTokens, SamplingOptions options, List<String> stops) {
        if (prompt.length == 0 || maxTokens < 1) {
            throw new IllegalArgumentException("A job has %d prompt tokens and max_tokens %d; accepted is 1 or more."
                    .formatted(prompt.length, maxTokens));
        }
        this.id = id;
        this.prompt = prompt.clone();
        this.maxTokens = maxTokens;
        this.options = options;
        this.stops = List.copyOf(stops);
        this.log = new JobLog(maxTokens);
    }

    public String id() {
        return id;
    }

    public int promptTokens() {
        return prompt.length;
    }

    int[] prompt() {
        return prompt;
    }

    public int maxTokens() {
        return maxTokens;
    }

    public SamplingOptions options() {
        return options;
    }

    List<String> stops() {
        return stops;
    }

    public JobLog log() {
        return log;
    }

    long acceptedNanos() {
        return acceptedNanos;
    }

    /** Asks the job to stop; the engine sees it within one token. The first reason stays. */
    void cancel(String reason) {
        if (cancelled.isEmpty()) {
            cancelled = reason;
        }
    }

    boolean isCancelled() {
        return !cancelled.isEmpty();
    }

    String cancelReason() {
        return cancelled;
    }
}
