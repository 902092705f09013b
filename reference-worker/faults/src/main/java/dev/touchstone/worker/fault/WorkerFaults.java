package dev.touchstone.worker.fault;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The faults of layer {@code worker} by the id that the catalogue gives them. A new area adds its own list here. */
final class WorkerFaults {

    private static final List<Map<String, List<Weave>>> AREAS = List.of(
            SamplingFaults.ALL,
            EventOrderFaults.ALL,
            TextFaults.ALL,
            StopFaults.ALL,
            CacheFaults.ALL,
            ReaderFaults.ALL,
            DeterminismFaults.ALL,
            ContextFaults.ALL,
            ErrorFaults.ALL,
            HealthFaults.ALL,
            CancelFaults.ALL,
            QueueFaults.ALL,
            LifecycleFaults.ALL,
            OpenAiFaults.ALL,
            MetricsFaults.ALL,
            SecurityFaults.ALL,
            PerformanceFaults.ALL);

    private WorkerFaults() {}

    static Optional<List<Weave>> named(String id) {
        return AREAS.stream()
                .flatMap(area -> Optional.ofNullable(area.get(id)).stream())
                .findFirst();
    }
}
