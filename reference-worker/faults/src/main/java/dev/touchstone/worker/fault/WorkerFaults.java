package dev.touchstone.worker.fault;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The faults of layer {@code worker}, those of layer {@code host} that a GPU shows, and the oddities, by the ids that the
 * catalogues give them. A new area adds its own list here.
 */
final class WorkerFaults {

    private static final List<Map<String, List<Weave>>> AREAS = List.of(
            SamplingFaults.ALL,
            EventOrderFaults.ALL,
            TextFaults.ALL,
            StopSequenceFaults.ALL,
            CacheFaults.ALL,
            DeterminismFaults.ALL,
            ContextFaults.ALL,
            ErrorFaults.ALL,
            HealthFaults.ALL,
            EngineDeathFaults.ALL,
            CancelFaults.ALL,
            DisconnectFaults.ALL,
            QueueFaults.ALL,
            LifecycleFaults.ALL,
            StartFaults.ALL,
            StopFaults.ALL,
            OpenAiFaults.ALL,
            MetricsFaults.ALL,
            SecurityFaults.ALL,
            HostileRequestFaults.ALL,
            PerformanceFaults.ALL,
            HostFaults.ALL,
            Oddities.ALL);

    private WorkerFaults() {}

    static Optional<List<Weave>> named(String id) {
        return Optional.ofNullable(all().get(id));
    }

    /** Every fault by its id. */
    static SortedMap<String, List<Weave>> all() {
        SortedMap<String, List<Weave>> all = new TreeMap<>();
        for (Map<String, List<Weave>> area : AREAS) {
            area.forEach((id, weaves) -> {
                if (all.put(id, weaves) != null) {
                    throw new IllegalStateException("Two worker faults are called '" + id + "'.");
                }
            });
        }
        return all;
    }
}
