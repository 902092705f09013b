package dev.touchstone.harness.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** What {@link JsonText#parse} made of a text. */
public sealed interface JsonReading {

    List<JsonFinding> findings();

    /** One JSON value; numbers are exact, and of a duplicate key the last value stands. */
    record Value(JsonNode node, List<JsonFinding> findings) implements JsonReading {
        public Value {
            findings = List.copyOf(findings);
        }
    }

    /** No JSON value, or one beyond the reader's limits. */
    record NotJson(JsonFinding finding) implements JsonReading {
        @Override
        public List<JsonFinding> findings() {
            return List.of(finding);
        }
    }
}
