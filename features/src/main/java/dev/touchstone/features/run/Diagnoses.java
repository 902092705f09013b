package dev.touchstone.features.run;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.touchstone.harness.cli.CommandFailure;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;

/** Where to look in a worker that breaks a promise: a few words for each requirement that a scenario judges. */
record Diagnoses(Map<String, String> byId) {

    /** What can be said where nothing more is known. */
    static final String GENERAL =
            "the exchange named in the report (evidence/, with byte offsets and times), and repeat"
                    + " it with the curl line beside the verdict";

    Diagnoses {
        byId = Map.copyOf(byId);
    }

    /** Reads {@code contract/diagnosis.yaml}, requirement id to text. */
    static Diagnoses read() {
        try (InputStream yaml = Diagnoses.class.getResourceAsStream("/contract/diagnosis.yaml")) {
            if (yaml == null) {
                throw new CommandFailure("This build of Touchstone carries no contract/diagnosis.yaml.");
            }
            return new Diagnoses(new YAMLMapper().readValue(yaml, new TypeReference<Map<String, String>>() {}));
        } catch (IOException e) {
            throw new CommandFailure("The diagnoses cannot be read: " + e.getMessage() + ".");
        }
    }

    Optional<String> of(String requirement) {
        return Optional.ofNullable(byId.get(requirement));
    }
}
