package dev.touchstone.features.run;

import dev.touchstone.harness.transcript.Curl;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.ExchangeText;
import dev.touchstone.harness.transcript.Redaction;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes a scenario's exchanges: as text for people, with byte offsets and times, and whole for {@code assess}. */
final class EvidenceFiles {

    /** Name of the file that holds all that a scenario saw. */
    static final String KEPT = "kept.json";

    private static final int LONGEST_NAME = 48;
    private final Path results;
    private final Redaction redaction;

    EvidenceFiles(Path results, Redaction redaction) {
        this.redaction = redaction;
        this.results = results;
    }

    /**
     * One written file.
     *
     * @param file relative to the results directory, with forward slashes
     */
    record Written(String name, String file) {}

    List<Written> write(ScenarioResult result) throws IOException {
        String folder = folder(result.id(), result.round());
        Path kept = results.resolve(folder).resolve(KEPT);
        Files.createDirectories(kept.getParent());
        if (result.evidence().isPresent()) {
            try (InputStream text = result.evidence().get().open()) {
                Files.copy(text, kept, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        List<Written> written = new ArrayList<>();
        for (Exchange exchange : result.exchanges()) {
            String name = exchange.number() + " " + exchange.label();
            Written file = new Written(name, folder + "/" + slug(name) + ".txt");
            Path path = results.resolve(file.file());
            Files.writeString(path, ExchangeText.of(exchange, redaction));
            written.add(file);
            byte[] body = exchange.request().body();
            if (body.length > Curl.LONGEST_BODY) {
                Files.write(path.resolveSibling(slug(name) + ".request.body"), redaction.bytes(body));
            }
        }
        return written;
    }

    /** A scenario's folder, relative to the results directory; no two scenarios share one. */
    static String folder(String scenario, int round) {
        return "evidence/" + words(scenario.replaceFirst("\\.feature:", "-")) + (round > 1 ? "/round-" + round : "");
    }

    private static String words(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    }

    private static String slug(String text) {
        String slug = words(text);
        return slug.length() > LONGEST_NAME ? slug.substring(0, LONGEST_NAME) : slug;
    }
}
