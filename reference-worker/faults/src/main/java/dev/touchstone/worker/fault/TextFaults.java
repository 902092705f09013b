package dev.touchstone.worker.fault;

import java.util.List;
import java.util.Map;

/** Texts cut, decoded or counted otherwise than the model wrote them. */
final class TextFaults {

    static final Map<String, List<Weave>> ALL = Map.of();

    private TextFaults() {}
}
