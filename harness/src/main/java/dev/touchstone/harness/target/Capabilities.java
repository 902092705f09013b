package dev.touchstone.harness.target;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a worker's {@code /health} says of it; a member it does not name, or names with another type, is empty.
 *
 * @param healthJson the body as it came
 */
public record Capabilities(
        Optional<String> model,
        OptionalLong contextLength,
        OptionalLong vocabSize,
        Optional<Boolean> resident,
        Optional<String> quantKind,
        String healthJson) {}
