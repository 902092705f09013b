package dev.touchstone.features.run;

import dev.touchstone.harness.target.Skills;
import dev.touchstone.harness.target.TargetTiming;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What the files of a run say of it beside its results.
 *
 * @param facts of the target, with the budgets that were applied
 * @param timing by which the budgets were widened
 * @param skills of the model, where a scenario asked for them
 * @param command the worker's command line, where the kit started it
 */
record Circumstances(
        String profile,
        Instant startedAt,
        Duration duration,
        TargetFacts facts,
        TargetTiming timing,
        Optional<Skills> skills,
        Optional<String> command,
        Manner manner) {}
