package dev.touchstone.worker.generate;

/**
 * How to choose a token, as {@code wire.md} defines it; values are already validated.
 *
 * @param temperature 0 is greedy
 * @param topP 1 is off
 * @param topK 0 is off
 * @param minP 0 is off
 * @param repetitionPenalty 1 is off
 * @param seed unsigned 64-bit
 */
public record SamplingOptions(
        double temperature, double topP, int topK, double minP, double repetitionPenalty, long seed) {}
