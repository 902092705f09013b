package dev.touchstone.worker.http;

import dev.touchstone.worker.generate.SamplingOptions;
import java.util.List;
import java.util.OptionalInt;

/** A valid body of POST /execute; only the prompt's length in tokens is still unknown. */
record ExecuteRequest(
        String jobId, String prompt, OptionalInt maxTokens, SamplingOptions options, List<String> stops) {}
