package dev.touchstone.features.teeth;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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

    /** A lane judges those that share a twin one after another. */
    private interface Task {
        void run(Lane lane) throws InterruptedException;
    }

    Results judge(Chosen chosen) throws InterruptedException {
        Map<String, TrialResult> trials = new LinkedHashMap<>();
        Map<String, InnocentResult> innocents = new LinkedHashMap<>();
        ConcurrentLinkedQueue<Task> tasks = new ConcurrentLinkedQueue<>();
        // Odd workers mostly wait: first, so that others use the processors meanwhile.
        chosen.innocents().stream().filter(Matrix::waits).forEach(innocent -> tasks.add(judging(innocent, innocents)));
        for (List<Fault> group : groups(chosen.faults())) {
            tasks.add(lane -> {
                for (Fault fault : group) {
                    put(trials, fault.id(), lane.judge(fault));
                }
            });
        }
        chosen.innocents().stream()
                .filter(innocent -> !waits(innocent))
                .forEach(innocent -> tasks.add(judging(innocent, innocents)));
        run(tasks);
        return new Results(
                chosen.faults().stream()
                        .map(fault -> trials.getOrDefault(fault.id(), lost(fault.id())))
                        .toList(),
                chosen.innocents().stream()
                        .map(i -> innocents.getOrDefault(i.id(), InnocentResult.void_(i.id(), "It was not judged.")))
                        .toList());
    }

    private Task judging(Innocent innocent, Map<String, InnocentResult> innocents) {
        return lane -> put(innocents, innocent.id(), lane.judge(innocent, rounds));
    }

    private static boolean waits(Innocent innocent) {
        return innocent.layer() == Layer.WORKER;
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

    /** Those with one setup share a twin; what takes long comes first, so that the lanes end together. */
    private static List<List<Fault>> groups(List<Fault> faults) {
        Map<String, List<Fault>> groups = new LinkedHashMap<>();
        faults.forEach(fault -> groups.computeIfAbsent(fault.layer() + " " + Setup.of(fault), _ -> new ArrayList<>())
                .add(fault));
        return groups.values().stream()
                .sorted(Comparator.comparingInt(Matrix::cost).reversed())
                .toList();
    }

    private static int cost(List<Fault> group) {
        Fault first = group.getFirst();
        boolean processes = first.requirements().stream().anyMatch(id -> id.startsWith("LI") || id.startsWith("SE"));
        return (group.size() + 1) * (processes ? 10 : first.layer() == Layer.WORKER ? 3 : 1);
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
                task.run(lane);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
