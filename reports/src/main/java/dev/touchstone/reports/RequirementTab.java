package dev.touchstone.reports;

import io.qameta.allure.Aggregator2;
import io.qameta.allure.Extension;
import io.qameta.allure.PluginConfiguration;
import io.qameta.allure.ReportStorage;
import io.qameta.allure.core.Configuration;
import io.qameta.allure.core.LaunchResults;
import io.qameta.allure.core.Plugin;
import io.qameta.allure.entity.LabelName;
import io.qameta.allure.tree.TestResultTree;
import io.qameta.allure.tree.TestResultTreeGroup;
import io.qameta.allure.tree.TreeUtils;
import io.qameta.allure.tree.TreeWidgetData;
import io.qameta.allure.tree.TreeWidgetItem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The tab that groups scenarios by area, feature and requirement, and the overview. */
final class RequirementTab implements Plugin, Aggregator2 {
    private static final String SCRIPT = "requirement-tab.js";
    private final Path script;
    private final Results results;

    private RequirementTab(Path script, Results results) {
        this.script = script;
        this.results = results;
    }

    /** Puts the tab's script into that directory, where Allure fetches it. */
    static RequirementTab install(Path directory, Results results) throws IOException {
        Path script = directory.resolve(SCRIPT);
        try (InputStream in =
                Objects.requireNonNull(RequirementTab.class.getResourceAsStream(SCRIPT), "resource " + SCRIPT)) {
            Files.copy(in, script);
        }
        return new RequirementTab(script, results);
    }

    @Override
    public void aggregate(Configuration configuration, List<LaunchResults> launches, ReportStorage storage) {
        var tree = new TestResultTree(
                "behaviors", test -> TreeUtils.groupByLabels(test, LabelName.EPIC, LabelName.FEATURE, LabelName.STORY));
        launches.forEach(launch -> launch.getResults().forEach(tree::add));
        storage.addDataJson("data/behaviors.json", tree);
        List<TreeWidgetItem> items = tree.getChildren().stream()
                .filter(TestResultTreeGroup.class::isInstance)
                .map(TestResultTreeGroup.class::cast)
                .map(RequirementTab::item)
                .toList();
        storage.addDataJson(
                "widgets/behaviors.json", new TreeWidgetData().setItems(items).setTotal(items.size()));
        Map<String, String> pages = new HashMap<>();
        launches.forEach(launch -> launch.getResults().forEach(test -> pages.put(test.getFullName(), test.getUid())));
        OverviewWidgets overview = new OverviewWidgets(results, pages);
        storage.addDataJson("widgets/verdict.json", overview.verdict());
        storage.addDataJson("widgets/figures.json", overview.figures());
        storage.addDataJson("widgets/worker.json", overview.worker());
    }

    private static TreeWidgetItem item(TestResultTreeGroup area) {
        return new TreeWidgetItem()
                .setUid(area.getUid())
                .setName(area.getName())
                .setStatistic(TreeUtils.calculateStatisticByLeafs(area));
    }

    @Override
    public PluginConfiguration getConfig() {
        return new PluginConfiguration()
                .setId("behaviors")
                .setName("Requirements")
                .setJsFiles(List.of(SCRIPT));
    }

    @Override
    public void unpackReportStatic(Path outputDirectory) throws IOException {
        Files.createDirectories(outputDirectory);
        Files.copy(script, outputDirectory.resolve(SCRIPT));
    }

    @Override
    public Map<String, Path> getPluginFiles() {
        return Map.of(SCRIPT, script);
    }

    @Override
    public List<Extension> getExtensions() {
        return List.of(this);
    }
}
