package dev.touchstone.harness.load;

/**
 * What to measure.
 *
 * @param decodeTokens tokens of a generation whose decode is timed, 2 to 2048
 * @param prefillTokens about how many tokens the long prompt has
 * @param shortTokens about how many tokens the prompt has whose first token is timed
 * @param rounds of decode and of prefill, 1 or more
 * @param firstTokenRounds of the short prompt, 1 or more
 */
public record SpeedPlan(int decodeTokens, int prefillTokens, int shortTokens, int rounds, int firstTokenRounds) {}
