package dev.touchstone.features.teeth.wire;

import java.util.Map;
import java.util.function.Supplier;

/** Streams whose head is not that of server-sent events. */
final class StreamHeadFaults {

    private static final String TYPE = "Content-Type";
    private static final String CACHE = "Cache-Control";

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            Map.entry("stream-as-json", () -> StreamChange.head(h -> h.with(TYPE, "application/json"))),
            Map.entry("stream-as-plain-text", () -> StreamChange.head(h -> h.with(TYPE, "text/plain; charset=utf-8"))),
            Map.entry("stream-without-type", () -> StreamChange.head(h -> h.without(TYPE))),
            Map.entry("openai-stream-without-type", () -> StreamChange.head(h -> h.without(TYPE))),
            Map.entry(
                    "stream-in-latin-1",
                    () -> StreamChange.head(h -> h.with(TYPE, "text/event-stream; charset=ISO-8859-1"))),
            Map.entry("stream-without-cache-header", () -> StreamChange.head(h -> h.without(CACHE))),
            Map.entry("stream-kept-by-caches", () -> StreamChange.head(h -> h.with(CACHE, "public, max-age=3600"))),
            Map.entry("stream-as-created", () -> StreamChange.head(h -> h.withStatus(201, "Created"))));

    private StreamHeadFaults() {}
}
