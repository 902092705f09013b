package dev.touchstone.worker.fault;

import java.util.List;
import java.util.Map;

/** The OpenAI dialect spoken otherwise than promised. */
final class OpenAiFaults {

    static final Map<String, List<Weave>> ALL = Map.of();

    private OpenAiFaults() {}
}
