package dev.touchstone.reports;

import dev.touchstone.harness.cli.ReportRenderer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes {@code report.html}, {@code junit.xml} and {@code summary.md} from {@code conformance.json} and
 * {@code evidence/}. It keeps no state: a results directory can be rendered again at any time.
 */
public final class FileReports implements ReportRenderer {

    @Override
    public Path render(Path resultsDirectory) throws IOException {
        Results results = ResultsFile.read(resultsDirectory);
        Files.writeString(resultsDirectory.resolve("summary.md"), new SummaryMarkdown(results).text());
        Files.writeString(resultsDirectory.resolve("junit.xml"), new JunitXml(results).text());
        Path allureResults = resultsDirectory.resolve("allure-results");
        new AllureResults(results, resultsDirectory, allureResults).write();
        Path html = resultsDirectory.resolve("report.html");
        new AllureHtml(results).write(allureResults, html);
        return html;
    }
}
