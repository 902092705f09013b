package dev.touchstone.harness.client;

import dev.touchstone.harness.target.Dialect;
import dev.touchstone.harness.target.GenerationRequest;
import java.util.Optional;

/**
 * How a dialect asks for text. What comes back is read by {@code Generation.of}, which tells the dialects apart by the
 * route. Immutable.
 */
public sealed interface Wire permits NativeWire, OpenAiWire {

    Dialect dialect();

    /** The request in this dialect, streamed; what the dialect has no word for is left out. */
    Call call(String label, GenerationRequest request);

    /** What this request asks for that the dialect has no word for, in a few words; empty where it says it all. */
    Optional<String> inexpressible(GenerationRequest request);

    /** The path that generations are asked of. */
    String path();
}
