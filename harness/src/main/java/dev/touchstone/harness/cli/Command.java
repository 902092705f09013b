package dev.touchstone.harness.cli;

/**
 * A subcommand of {@code touchstone}, found through {@link java.util.ServiceLoader}. Implementations are picocli
 * commands ({@code @Command}-annotated, {@code Callable<Integer>} returning the exit status) with a public no-argument
 * constructor.
 */
public interface Command {}
