package dev.touchstone.reports;

import dev.touchstone.harness.cli.TeethRenderer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes {@code teeth.html} and {@code teeth.md} from {@code teeth.json}. It keeps no state and looks at no clock: the
 * same file gives the same pages.
 */
public final class TeethReport implements TeethRenderer {

    @Override
    public Path render(Path resultsDirectory) throws IOException {
        Teeth teeth = TeethFile.read(resultsDirectory);
        Files.writeString(resultsDirectory.resolve("teeth.md"), new TeethMarkdown(teeth).text());
        Path html = resultsDirectory.resolve("teeth.html");
        Files.writeString(html, new TeethPage(teeth).html());
        return html;
    }
}
