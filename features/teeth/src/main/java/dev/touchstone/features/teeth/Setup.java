package dev.touchstone.features.teeth;

import dev.touchstone.features.run.QuietRun;
import dev.touchstone.harness.target.Dialect;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is judged of a worker and how; two workers with the same setup differ in nothing but the fault.
 *
 * @param only selection of requirements
 * @param options of the worker's command line
 * @param workers how many of them stand behind one proxy
 * @param breaksEngine whether the kit may break the engine
 * @param modelBytes of all tensors of the model, where the kit is told of them
 */
record Setup(
        Optional<String> only,
        Dialect dialect,
        String options,
        int workers,
        List<String> budgets,
        boolean breaksEngine,
        OptionalLong modelBytes) {

    static Setup of(Fault fault) {
        return new Setup(
                Optional.of(String.join(",", fault.requirements())),
                fault.dialect(),
                fault.options(),
                fault.workers(),
                fault.budgets(),
                fault.breaksEngine(),
                OptionalLong.empty());
    }

    static Setup of(Innocent innocent) {
        return new Setup(
                innocent.only(),
                innocent.dialect(),
                innocent.options(),
                innocent.workers(),
                innocent.budgets(),
                false,
                OptionalLong.empty());
    }

    /** The same with further options of the worker. */
    Setup with(String more) {
        String all = options.isEmpty() ? more : options + " " + more;
        return new Setup(only, dialect, all, workers, budgets, breaksEngine, modelBytes);
    }

    /** The same, and the kit knows how large the model is. */
    Setup withModel(long bytes) {
        return new Setup(only, dialect, options, workers, budgets, breaksEngine, OptionalLong.of(bytes));
    }

    QuietRun.Request request(Optional<String> url, Optional<String> command, Path out) {
        return request(url, command, Optional.empty(), out);
    }

    /** @param breakEngine template of a command that breaks the engine of a worker that the kit started */
    QuietRun.Request request(Optional<String> url, Optional<String> command, Optional<String> breakEngine, Path out) {
        return new QuietRun.Request(
                url,
                command,
                only,
                dialect,
                budgets,
                false,
                breakEngine,
                modelBytes,
                out,
                QuietRun.Watch.TO_THE_END,
                Optional.empty());
    }
}
