package dev.touchstone.harness.target;

/**
 * A prompt and its length.
 *
 * @param tokens what the worker counts in it, or must count if it counts as it does in short prompts
 * @param counted whether the worker itself said so of this very prompt
 */
public record SizedPrompt(String prompt, int tokens, boolean counted) {}
