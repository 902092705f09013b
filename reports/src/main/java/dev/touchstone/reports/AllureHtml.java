package dev.touchstone.reports;

import io.qameta.allure.ConfigurationBuilder;
import io.qameta.allure.Extension;
import io.qameta.allure.ReportGenerationException;
import io.qameta.allure.ReportGenerator;
import io.qameta.allure.allure1.Allure1Plugin;
import io.qameta.allure.allure2.Allure2Plugin;
import io.qameta.allure.category.CategoriesPlugin;
import io.qameta.allure.category.CategoriesTrendPlugin;
import io.qameta.allure.context.FreemarkerContext;
import io.qameta.allure.context.JacksonContext;
import io.qameta.allure.context.MarkdownContext;
import io.qameta.allure.context.RandomUidContext;
import io.qameta.allure.core.AttachmentsPlugin;
import io.qameta.allure.core.MarkdownDescriptionsPlugin;
import io.qameta.allure.core.TestsResultsPlugin;
import io.qameta.allure.duration.DurationPlugin;
import io.qameta.allure.duration.DurationTrendPlugin;
import io.qameta.allure.environment.Allure1EnvironmentPlugin;
import io.qameta.allure.executor.ExecutorPlugin;
import io.qameta.allure.history.HistoryPlugin;
import io.qameta.allure.history.HistoryTrendPlugin;
import io.qameta.allure.launch.LaunchPlugin;
import io.qameta.allure.owner.OwnerPlugin;
import io.qameta.allure.retry.RetryPlugin;
import io.qameta.allure.retry.RetryTrendPlugin;
import io.qameta.allure.severity.SeverityPlugin;
import io.qameta.allure.status.StatusChartPlugin;
import io.qameta.allure.suites.SuitesPlugin;
import io.qameta.allure.summary.SummaryPlugin;
import io.qameta.allure.tags.TagsPlugin;
import io.qameta.allure.timeline.TimelinePlugin;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.stream.Stream;

/** Makes one self-contained HTML file of Allure results. */
final class AllureHtml {
    private final Results results;

    AllureHtml(Results results) {
        this.results = results;
    }

    void write(Path allureResults, Path html) throws IOException {
        Path work = Files.createTempDirectory("touchstone-report");
        try {
            Path page = work.resolve("page");
            var configuration = ConfigurationBuilder.empty()
                    .withExtensions(extensions())
                    .withPlugins(List.of(RequirementTab.install(work, results)))
                    .withReportName(JunitXml.escape("Touchstone: " + results.targetName()))
                    .withReportLanguage("en")
                    .build();
            new ReportGenerator(configuration).generateSingleFile(page, List.of(allureResults));
            Files.writeString(html, offline(Files.readString(page.resolve("index.html"))));
        } catch (ReportGenerationException e) {
            throw new IOException("Allure could not make report.html: " + e.getMessage(), e);
        } finally {
            delete(work);
        }
    }

    /**
     * Cuts the analytics that Allure's page has unless an environment variable forbids them, and adds this report's style.
     */
    private static String offline(String page) throws IOException {
        return page.replaceAll("<script async src=\"https://www\\.googletagmanager\\.com[^>]*></script>", "")
                .replaceAll("(?s)<script>\\s*window\\.dataLayer = .*?</script>", "")
                .replaceFirst("</head>", Matcher.quoteReplacement("<style>" + style() + "</style></head>"));
    }

    private static String style() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(AllureHtml.class.getResourceAsStream("report.css"), "resource report.css")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Allure's own defaults, less those that mail, export or phone home. */
    private static List<Extension> extensions() {
        return List.of(
                new JacksonContext(),
                new MarkdownContext(),
                new FreemarkerContext(),
                new RandomUidContext(),
                new MarkdownDescriptionsPlugin(),
                new TagsPlugin(),
                new RetryPlugin(),
                new RetryTrendPlugin(),
                new SeverityPlugin(),
                new OwnerPlugin(),
                new HistoryPlugin(),
                new HistoryTrendPlugin(),
                new CategoriesPlugin(),
                new CategoriesTrendPlugin(),
                new DurationPlugin(),
                new DurationTrendPlugin(),
                new StatusChartPlugin(),
                new TimelinePlugin(),
                new SuitesPlugin(),
                new TestsResultsPlugin(),
                new AttachmentsPlugin(),
                new SummaryPlugin(),
                new ExecutorPlugin(),
                new LaunchPlugin(),
                new Allure1Plugin(), // it alone reads environment.properties
                new Allure1EnvironmentPlugin(),
                new Allure2Plugin());
    }
}
