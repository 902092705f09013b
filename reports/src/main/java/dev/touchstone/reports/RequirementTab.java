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
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The tab and the overview widget that group scenarios by area, feature and requirement. */
final class RequirementTab implements Plugin, Aggregator2 {
    private static final String SCRIPT = "requirement-tab.js";
    private final Path script;

    private RequirementTab(Path script) {
        this.script = script;
    }

    /** Puts the tab's script into that directory, where Allure fetches it. */
    static RequirementTab install(Path directory) throws IOException {
        Path script = directory.resolve(SCRIPT);
        try (InputStream in =
                Objects.requireNonNull(RequirementTab.class.getResourceAsStream(SCRIPT), "resource " + SCRIPT)) {
            Files.copy(in, script);
        }
        return new RequirementTab(script);
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
