package dev.touchstone.features.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EarlierResultsTest {

    @TempDir
    Path results;

    @Test
    void removesEvidenceOfAnEarlierRun() throws Exception {
        Files.createDirectories(results.resolve("evidence/text-1"));
        Files.writeString(results.resolve("evidence/text-1/1-execute.txt"), "old");
        Files.writeString(results.resolve("conformance.json"), "{}");

        EarlierResults.remove(results);

        assertThat(results.resolve("evidence")).doesNotExist();
        assertThat(results.resolve("conformance.json")).exists();
    }

    @Test
    void leavesAFolderAloneThatNoRunWrote() throws Exception {
        Files.createDirectories(results.resolve("evidence"));
        Files.writeString(results.resolve("evidence/mine.txt"), "mine");

        EarlierResults.remove(results);

        assertThat(results.resolve("evidence/mine.txt")).exists();
    }
}
