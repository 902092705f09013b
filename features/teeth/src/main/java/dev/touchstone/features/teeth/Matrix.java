package dev.touchstone.features.teeth;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** Has several lanes judge everything that was chosen. */
final class Matrix {

    /** For a fault, or a round of an innocent. */
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final Path out;
    private final int lanes;
    private final int rounds;
    private final Consumer<Object> onResult;

    /** @param onResult told of each {@link TrialResult} and {@link InnocentResult}, one at a time */
    Matrix(Path out, int lanes, int rounds, Consumer<Object> onResult) {
        this.out = out;
        this.lanes = lanes;
        this.rounds = rounds;
        this.onResult = onResult;
    }

    /** What came of it, in the order of the catalogues. */
    record Results(List<TrialResult> trials, List<InnocentResult> innocents) {}

    /** What a lane does in one go; it judges those that share a twin one after another. */
    private record Task(int cost, Judging judging) {}

    private interface Judging {
        void by(Lane lane) throws InterruptedException;
    }

    Results judge(Chosen chosen) throws InterruptedException {
        Map<String, TrialResult> trials = new LinkedHashMap<>();
        Map<String, InnocentResult> innocents = new LinkedHashMap<>();
        List<Task> tasks = new ArrayList<>();
        for (List<Fault> group : groups(chosen.faults())) {
            tasks.add(new Task(cost(group), lane -> {
                for (Fault fault : group) {
                    put(trials, fault.id(), lane.judge(fault));
                }
            }));
        }
        for (Innocent innocent : chosen.innocents()) {
            tasks.add(new Task(cost(innocent), lane -> put(innocents, innocent.id(), lane.judge(innocent, rounds))));
        }
        // What takes long, or mostly waits, comes first: the lanes end together, and others use the processors
        // meanwhile.
        tasks.sort(Comparator.comparingInt(Task::cost).reversed());
        run(new ConcurrentLinkedQueue<>(tasks));
        return new Results(
                chosen.faults().stream()
                        .map(fault -> trials.getOrDefault(fault.id(), lost(fault.id())))
                        .toList(),
                chosen.innocents().stream()
                        .map(i -> innocents.getOrDefault(i.id(), InnocentResult.void_(i.id(), "It was not judged.")))
                        .toList());
    }

    private static TrialResult lost(String id) {
        return TrialResult.void_(id, "It was not judged.");
    }

    private <R> void put(Map<String, R> results, String id, R result) {
        synchronized (this) {
            results.put(id, result);
            onResult.accept(result);
        }
    }

    /** Those with one setup share a twin. */
    private static Collection<List<Fault>> groups(List<Fault> faults) {
        Map<String, List<Fault>> groups = new LinkedHashMap<>();
        faults.forEach(fault -> groups.computeIfAbsent(fault.layer() + " " + Setup.of(fault), _ -> new ArrayList<>())
                .add(fault));
        return groups.values();
    }

    /** Roughly in seconds on two cores. */
    private static int cost(List<Fault> group) {
        Fault first = group.getFirst();
        boolean processes = first.requirements().stream().anyMatch(id -> id.startsWith("LI") || id.startsWith("SE"));
        return (group.size() + 1) * (processes ? 10 : first.layer() == Layer.WORKER ? 3 : 1);
    }

    /** The same; some wait for requests that never come to their end. */
    private static int cost(Innocent innocent) {
        boolean waits = innocent.only()
                .map(list -> List.of(list.split(",")).contains("SE"))
                .orElse(true);
        return innocent.layer() == Layer.WORKER || waits ? 60 : 10;
    }

    private void run(ConcurrentLinkedQueue<Task> tasks) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int n = 1; n <= lanes; n++) {
            int number = n;
            threads.add(Thread.ofPlatform().name("lane-" + n).start(() -> work(number, tasks)));
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            threads.forEach(Thread::interrupt);
            throw e;
        }
    }

    private void work(int number, ConcurrentLinkedQueue<Task> tasks) {
        try (Lane lane = new Lane(number, out, LIMIT.multipliedBy(rounds))) {
            for (Task task = tasks.poll(); task != null; task = tasks.poll()) {
                task.judging().by(lane);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
