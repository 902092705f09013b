package dev.touchstone.features.run;

import dev.touchstone.harness.cli.CommandFailure;
import dev.touchstone.harness.cli.ReportRenderer;
import dev.touchstone.harness.contract.ContractCatalogue;
import dev.touchstone.harness.transcript.Redaction;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * Ends a run: sums up, writes the files, has the reports made and tells the person.
 *
 * @param report whether the renderers are called
 * @param clock tells which day it is for expectations that end
 */
record Conclusion(
        Path out,
        boolean report,
        Account account,
        ContractCatalogue catalogue,
        Expectations expectations,
        Redaction redaction,
        Clock clock) {

    Summary conclude(Plan plan, List<ScenarioResult> results, Circumstances run) {
        Summary summary = Summary.of(plan, results, run.manner(), expectations, LocalDate.now(clock));
        account.end(summary, run, write(summary, run));
        return summary;
    }

    private String write(Summary summary, Circumstances run) {
        try {
            EarlierResults.remove(out);
            Path written = new ResultWriter(out, catalogue, redaction).write(summary, run);
            return "Report: " + render().orElse(written).toAbsolutePath().normalize();
        } catch (IOException e) {
            throw new CommandFailure("The results cannot be written to " + out + ": " + e.getMessage() + ".");
        }
    }

    private Optional<Path> render() throws IOException {
        Optional<Path> rendered = Optional.empty();
        if (report) {
            for (ReportRenderer renderer : ServiceLoader.load(ReportRenderer.class)) {
                rendered = Optional.of(renderer.render(out));
            }
        }
        return rendered;
    }
}
