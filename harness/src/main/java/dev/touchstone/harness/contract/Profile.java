package dev.touchstone.harness.contract;

/** What a requirement needs in order to be judged. */
public enum Profile {
    /** Only the worker's URL. */
    CORE,
    /** The OpenAI-compatible routes. */
    OPENAI,
    /** Evidence from the worker's host: its process id, NVML. */
    GPU,
    /** The kit starts and stops the worker process itself. */
    LAUNCH,
    /** A measurement against a configurable budget. */
    PERF
}
