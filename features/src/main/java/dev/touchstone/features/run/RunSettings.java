package dev.touchstone.features.run;

import dev.touchstone.harness.contract.Profile;
import dev.touchstone.harness.target.Budgets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * What a person asked for.
 *
 * @param url the worker's base URL; url or command is there
 * @param command template by which the kit starts the worker; where there is a url too, only those beside it
 * @param only selection of requirements
 * @param required profiles that are planned even where the target says that it lacks them
 * @param out the results directory
 * @param hints what a person says of the target
 * @param report whether the renderers are called
 * @param manner how it is done
 * @param breakEngine template of a command that makes the engine of a worker that the kit started fail for good
 */
record RunSettings(
        Optional<String> url,
        Optional<String> command,
        Optional<String> only,
        Set<Profile> required,
        Path out,
        TargetProbe.Hints hints,
        Budgets budgets,
        boolean report,
        Manner manner,
        Optional<String> breakEngine) {

    /** Everything that applies, once. */
    RunSettings(
            Optional<String> url,
            Optional<String> command,
            Optional<String> only,
            Set<Profile> required,
            Path out,
            TargetProbe.Hints hints,
            Budgets budgets,
            boolean report) {
        this(url, command, only, required, out, hints, budgets, report, Manner.PLAIN);
    }

    /** Settings without a command that breaks the engine. */
    RunSettings(
            Optional<String> url,
            Optional<String> command,
            Optional<String> only,
            Set<Profile> required,
            Path out,
            TargetProbe.Hints hints,
            Budgets budgets,
            boolean report,
            Manner manner) {
        this(url, command, only, required, out, hints, budgets, report, manner, Optional.empty());
    }
}
