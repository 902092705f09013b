package dev.touchstone.worker.telemetry;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counters and histograms in the Prometheus text format, version 0.0.4. Thread-safe. */
public final class Metrics {
    private static final double[] BOUNDS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300};

    /** Known from the start, so that a first event is an increase and not the birth of a series. */
    private static final List<String> OUTCOMES =
            List.of("ok", "cancelled", "rejected", "busy", "inference_timeout", "internal");

    private final Map<String, Long> outcomes = new TreeMap<>();
    private final long[] durations = new long[BOUNDS.length + 1];
    private final long[] firstTokens = new long[BOUNDS.length + 1];
    private double durationSum;
    private double firstTokenSum;
    private long tokens;

    public Metrics() {
        OUTCOMES.forEach(outcome -> outcomes.put(outcome, 0L));
    }

    /** Counts one request, once: a job by how it ended, a request without a job as rejected, busy or internal. */
    public synchronized void finished(String outcome, int generated) {
        outcomes.merge(outcome, 1L, Long::sum);
        tokens += generated;
    }

    public synchronized void duration(long nanos) {
        durations[bucket(nanos / 1e9)]++;
        durationSum += nanos / 1e9;
    }

    public synchronized void firstToken(int micros) {
        firstTokens[bucket(micros / 1e6)]++;
        firstTokenSum += micros / 1e6;
    }

    public synchronized String text(long vramBytes, int queueDepth, double uptimeSeconds) {
        StringBuilder out = new StringBuilder(2048);
        out.append(
                "# HELP worker_requests_total Requests by outcome, refused ones included.\n# TYPE worker_requests_total counter\n");
        outcomes.forEach((outcome, count) -> out.append("worker_requests_total{outcome=\"")
                .append(outcome)
                .append("\"} ")
                .append(count)
                .append('\n'));
        single(out, "worker_tokens_generated_total", "counter", "Generated tokens.", Long.toString(tokens));
        single(out, "worker_vram_bytes", "gauge", "Bytes of VRAM in use.", Long.toString(vramBytes));
        single(out, "worker_queue_depth", "gauge", "Jobs that wait.", Integer.toString(queueDepth));
        single(out, "worker_uptime_seconds", "gauge", "Seconds since the start.", Double.toString(uptimeSeconds));
        histogram(out, "worker_inference_duration_seconds", "Time on the engine.", durations, durationSum);
        histogram(
                out, "worker_time_to_first_token_seconds", "From request to first token.", firstTokens, firstTokenSum);
        return out.toString();
    }

    private static int bucket(double seconds) {
        int i = 0;
        while (i < BOUNDS.length && seconds > BOUNDS[i]) {
            i++;
        }
        return i;
    }

    private static void single(StringBuilder out, String name, String type, String help, String value) {
        head(out, name, type, help);
        out.append(name).append(' ').append(value).append('\n');
    }

    private static void head(StringBuilder out, String name, String type, String help) {
        out.append("# HELP ").append(name).append(' ').append(help).append('\n');
        out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static void histogram(StringBuilder out, String name, String help, long[] counts, double sum) {
        head(out, name, "histogram", help);
        long running = 0;
        for (int i = 0; i < counts.length; i++) {
            running += counts[i];
            String bound = i < BOUNDS.length ? Double.toString(BOUNDS[i]) : "+Inf";
            out.append(name)
                    .append("_bucket{le=\"")
                    .append(bound)
                    .append("\"} ")
                    .append(running)
                    .append('\n');
        }
        out.append(name).append("_sum ").append(sum).append('\n');
        out.append(name).append("_count ").append(running).append('\n');
    }
}
