package dev.touchstone.features.run;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.touchstone.harness.cli.CommandFailure;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;

/** What the OpenAI dialect cannot express: requirement id to the reason. */
record OpenAiGaps(Map<String, String> byId) {

    OpenAiGaps {
        byId = Map.copyOf(byId);
    }

    /** Reads {@code contract/openai-gaps.yaml}. */
    static OpenAiGaps read() {
        try (InputStream yaml = OpenAiGaps.class.getResourceAsStream("/contract/openai-gaps.yaml")) {
            if (yaml == null) {
                throw new CommandFailure("This build of Touchstone carries no contract/openai-gaps.yaml.");
            }
            return new OpenAiGaps(new YAMLMapper().readValue(yaml, new TypeReference<Map<String, String>>() {}));
        } catch (IOException e) {
            throw new CommandFailure("The gaps of the OpenAI dialect cannot be read: " + e.getMessage() + ".");
        }
    }

    Optional<String> reason(String requirement) {
        return Optional.ofNullable(byId.get(requirement));
    }
}
