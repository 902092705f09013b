package dev.touchstone.harness.load;

import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.WorkerClient;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Asks for health again and again while the worker decodes. */
public final class HealthPoll {
    private static final long PAUSE_MILLIS = 5;

    private final WorkerClient client;
    private final String path;
    private final Duration limit;

    /**
     * @param client another than the one that generates
     * @param path of the health route
     * @param limit for one call
     */
    public HealthPoll(WorkerClient client, String path, Duration limit) {
        this.client = client;
        this.path = path;
        this.limit = limit;
    }

    /**
     * Decodes that many rounds and calls health all the while, with a pause of 5 ms between calls.
     *
     * @return latency of health, from sending to the last byte, and decode meanwhile
     * @throws MeasurementFailure if a call was not answered by 200
     */
    public List<Spread> during(SpeedProbe probe, String prompt, int rounds)
            throws InterruptedException, MeasurementFailure {
        CountDownLatch over = new CountDownLatch(1);
        List<Double> rates = new ArrayList<>();
        try (ExecutorService poller = Executors.newSingleThreadExecutor()) {
            Future<List<Double>> latencies = poller.submit(() -> poll(over));
            try {
                for (int round = 0; round < rounds; round++) {
                    OptionalDouble rate = probe.decodeOnce(prompt);
                    rate.ifPresent(rates::add);
                }
            } finally {
                over.countDown();
            }
            return List.of(
                    new Spread("health while decoding", "ms", latencies.get()),
                    new Spread("decode while health is asked", "tokens/s", rates));
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof MeasurementFailure failure) {
                throw failure;
            }
            throw new IllegalStateException("Asking for health failed.", failed);
        }
    }

    private List<Double> poll(CountDownLatch over) throws InterruptedException, MeasurementFailure {
        List<Double> latencies = new ArrayList<>();
        do {
            Exchange call = client.send(Call.get("health", path), limit);
            if (call.status() != 200 || !(call.end() instanceof BodyEnd.Complete)) {
                throw new MeasurementFailure("GET %s was answered by status %d while the worker decoded; needed is 200."
                        .formatted(path, call.status()));
            }
            latencies.add(call.end().nanos() / 1e6);
        } while (!over.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS));
        return latencies;
    }
}
