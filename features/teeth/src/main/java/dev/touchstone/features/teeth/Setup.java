package dev.touchstone.features.teeth;

import dev.touchstone.features.run.QuietRun;
import dev.touchstone.harness.target.Dialect;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What is judged of a worker and how; two workers with the same setup differ in nothing but the fault.
 *
 * @param only selection of requirements
 * @param options of the worker's command line
 * @param workers how many of them stand behind one proxy
 * @param breaksEngine whether the kit may break the engine
 */
record Setup(
        Optional<String> only,
        Dialect dialect,
        String options,
        int workers,
        List<String> budgets,
        boolean breaksEngine) {

    static Setup of(Fault fault) {
        return new Setup(
                Optional.of(String.join(",", fault.requirements())),
                fault.dialect(),
                fault.options(),
                fault.workers(),
                fault.budgets(),
                fault.breaksEngine());
    }

    static Setup of(Innocent innocent) {
        return new Setup(
                innocent.only(), innocent.dialect(), innocent.options(), innocent.workers(), innocent.budgets(), false);
    }

    /** The same with further options of the worker. */
    Setup with(String more) {
        String all = options.isEmpty() ? more : options + " " + more;
        return new Setup(only, dialect, all, workers, budgets, breaksEngine);
    }

    QuietRun.Request request(Optional<String> url, Optional<String> command, Path out) {
        return request(url, command, Optional.empty(), out);
    }

    /** @param breakEngine template of a command that breaks the engine of a worker that the kit started */
    QuietRun.Request request(Optional<String> url, Optional<String> command, Optional<String> breakEngine, Path out) {
        return new QuietRun.Request(url, command, only, dialect, budgets, false, breakEngine, out, Optional.empty());
    }
}
