package dev.touchstone.harness.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** Writes and reads the kit's own JSON files. */
public final class JsonDocument {

    private static final ObjectMapper JSON = JsonMapper.builder().build();

    static {
        // A whole response body is one string; the kit's own limit on bodies is the one that counts.
        JSON.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxStringLength(Integer.MAX_VALUE)
                        .build());
    }

    private JsonDocument() {}

    /**
     * Renders a document that is valid UTF-8 whatever its texts hold: half of a surrogate pair, which a broken worker
     * may well send, is written as an escape and reads as it was.
     */
    public static String text(JsonNode node, boolean pretty) {
        try {
            String raw = pretty
                    ? JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node)
                    : JSON.writeValueAsString(node);
            return withoutLoneSurrogates(raw);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON could not be written: " + e.getOriginalMessage(), e);
        }
    }

    /** @throws MalformedEvidence where the text is no JSON */
    public static StrictNode read(String text) {
        try {
            JsonNode node = JSON.readTree(text);
            if (node == null || node.isMissingNode()) {
                throw new MalformedEvidence("is empty");
            }
            return StrictNode.root(node);
        } catch (JsonProcessingException e) {
            throw new MalformedEvidence("is not JSON (line "
                    + (e.getLocation() == null ? "unknown" : e.getLocation().getLineNr()) + ")");
        }
    }

    private static String withoutLoneSurrogates(String json) {
        StringBuilder out = new StringBuilder(json.length());
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < json.length()
                    && Character.isLowSurrogate(json.charAt(i + 1));
            if (pair) {
                out.append(c).append(json.charAt(++i));
            } else if (Character.isSurrogate(c)) {
                out.append("\\u%04X".formatted((int) c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}
