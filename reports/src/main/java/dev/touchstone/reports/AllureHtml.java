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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Makes one self-contained HTML file of Allure results. */
final class AllureHtml {
    private final String title;

    AllureHtml(String title) {
        this.title = title;
    }

    void write(Path allureResults, Path html) throws IOException {
        Path work = Files.createTempDirectory("touchstone-report");
        try {
            Path page = work.resolve("page");
            var configuration = ConfigurationBuilder.empty()
                    .withExtensions(extensions())
                    .withPlugins(List.of(RequirementTab.install(work)))
                    .withReportName(JunitXml.escape(title))
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
     * Cuts the analytics that Allure's page has unless an environment variable forbids them, and hides the share of
     * passed tests in its ring: a bare percentage leaves out what was not judged.
     */
    private static String offline(String page) {
        return page.replaceAll("<script async src=\"https://www\\.googletagmanager\\.com[^>]*></script>", "")
                .replaceAll("(?s)<script>\\s*window\\.dataLayer = .*?</script>", "")
                .replaceFirst("</head>", "<style>.chart__caption{display:none}</style></head>");
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
