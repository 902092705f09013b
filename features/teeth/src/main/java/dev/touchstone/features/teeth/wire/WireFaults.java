package dev.touchstone.features.teeth.wire;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The faults of layer {@code wire} by the id that the catalogue gives them. A new area adds its own list here. */
public final class WireFaults {

    private static final List<Map<String, Supplier<TrafficChange>>> AREAS = List.of(
            EventOrderFaults.ALL,
            StreamHeadFaults.ALL,
            EventFieldFaults.ALL,
            FramingFaults.ALL,
            FlushFaults.ALL,
            ConnectionFaults.ALL,
            ChunkFaults.ALL,
            HeldBackFaults.ALL,
            TextFaults.ALL,
            DeterminismFaults.ALL,
            ReaderFaults.ALL,
            SamplingFaults.ALL,
            ContextFaults.ALL,
            OverContextFaults.ALL,
            LenientFaults.ALL,
            ErrorFaults.ALL,
            RouteFaults.ALL,
            FailureFaults.ALL,
            HealthFaults.ALL,
            CancelFaults.ALL,
            QueueFaults.ALL,
            LifecycleFaults.ALL,
            OpenAiFaults.ALL,
            UsageFaults.ALL,
            OpenAiInputFaults.ALL,
            MetricsFaults.ALL,
            SecurityFaults.ALL,
            PerformanceFaults.ALL);

    private WireFaults() {}

    /** The ids of all. */
    public static List<String> ids() {
        return AREAS.stream().flatMap(area -> area.keySet().stream()).toList();
    }

    /** A fresh instance, for one proxy. */
    public static Optional<TrafficChange> named(String id) {
        return AREAS.stream()
                .flatMap(area -> Optional.ofNullable(area.get(id)).stream())
                .map(Supplier::get)
                .findFirst();
    }
}
