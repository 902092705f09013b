package dev.touchstone.harness.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * A closed loop of load: a fixed number of clients, each of which sends its next request when its last one has ended. A
 * slow worker is therefore asked less, and no request waits on the kit's side. Thread-safe.
 *
 * @param streams clients at once, 1 or more
 * @param requests of each client, 1 or more
 * @param nanoTime monotonic, in nanoseconds
 */
public record ClosedLoop(int streams, int requests, LongSupplier nanoTime) {

    public ClosedLoop {
        if (streams < 1 || requests < 1) {
            throw new IllegalArgumentException(
                    "A closed loop of %d streams with %d requests each; accepted is 1 or more of both."
                            .formatted(streams, requests));
        }
    }

    /** A loop by the system's clock. */
    public ClosedLoop(int streams, int requests) {
        this(streams, requests, System::nanoTime);
    }

    /** Sends one request, the {@code number}th of all from 0, and waits for its end. */
    @FunctionalInterface
    public interface Request<T> {
        T send(int number) throws InterruptedException;
    }

    /**
     * What came of a loop.
     *
     * @param results of all requests, those of one client one after the other
     * @param nanos from the first request's start to the last one's end
     */
    public record Run<T>(List<T> results, long nanos) {
        public Run {
            results = List.copyOf(results);
        }
    }

    /**
     * Runs the loop to its end.
     *
     * @throws ExecutionException where a request failed by an exception; the others have ended then
     */
    public <T> Run<T> run(Request<T> request) throws InterruptedException, ExecutionException {
        AtomicInteger numbers = new AtomicInteger();
        List<T> results = new ArrayList<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            long from = nanoTime.getAsLong();
            List<Future<List<T>>> running = new ArrayList<>();
            for (int n = 0; n < streams; n++) {
                running.add(clients.submit(() -> client(request, numbers)));
            }
            for (Future<List<T>> client : running) {
                results.addAll(client.get());
            }
            return new Run<>(results, nanoTime.getAsLong() - from);
        }
    }

    private <T> List<T> client(Request<T> request, AtomicInteger numbers) throws InterruptedException {
        List<T> results = new ArrayList<>();
        for (int n = 0; n < requests; n++) {
            results.add(request.send(numbers.getAndIncrement()));
        }
        return results;
    }
}
