package dev.touchstone.harness.contract;

/**
 * One promise of the worker contract.
 *
 * @param id permanent id, such as {@code EV-04}
 * @param area two-letter area, such as {@code EV}
 * @param text the promise in one or two sentences
 * @param teeth how a broken worker violates it; phrases separated by semicolons
 */
public record Requirement(String id, String area, Level level, Profile profile, String text, String teeth) {}
