package dev.touchstone.harness.verdict;

import java.util.OptionalDouble;

/**
 * One measured number, reported beside the verdicts.
 *
 * @param name field-standard name, such as {@code TTFT p95}
 * @param unit such as {@code ms} or {@code tokens/s}
 * @param budget the configured limit in the same unit, where there is one
 */
public record Figure(String name, double value, String unit, OptionalDouble budget) {}
