package dev.touchstone.features.teeth.wire;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The legal oddities of layer {@code wire} by the id that {@code innocents.yaml} gives them. */
public final class Oddities {

    private static final List<Map<String, Supplier<TrafficChange>>> AREAS = List.of();

    private Oddities() {}

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
