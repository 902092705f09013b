package dev.touchstone.worker.fault;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The faults of layer {@code worker} by the id that the catalogue gives them. A new area adds its own list here. */
final class WorkerFaults {

    private static final List<Map<String, List<Weave>>> AREAS = List.of(SamplingFaults.ALL);

    private WorkerFaults() {}

    static Optional<List<Weave>> named(String id) {
        return AREAS.stream()
                .flatMap(area -> Optional.ofNullable(area.get(id)).stream())
                .findFirst();
    }
}
