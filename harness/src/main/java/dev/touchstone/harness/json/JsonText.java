package dev.touchstone.harness.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads JSON as RFC 8259 defines it, without leniency: NaN, comments and trailing commas are not JSON. Integers of any
 * size and decimals stay exact.
 */
public final class JsonText {

    private static final JsonFactory FACTORY = new JsonFactory();

    private final JsonParser parser;
    private final List<JsonFinding> findings = new ArrayList<>();

    private JsonText(JsonParser parser) {
        this.parser = parser;
    }

    /** Reads a text that should be one JSON value; throws nothing for what the text holds. */
    public static JsonReading parse(String text) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            return new JsonText(parser).read();
        } catch (IOException e) {
            throw new UncheckedIOException("Reading from memory failed.", e);
        }
    }

    private JsonReading read() throws IOException {
        JsonNode node;
        try {
            if (parser.nextToken() == null) {
                return notJson("the text is empty", 0);
            }
            node = value();
        } catch (JsonProcessingException e) {
            return notJson(
                    "not JSON: " + e.getOriginalMessage(),
                    parser.currentLocation().getCharOffset());
        }
        try {
            if (parser.nextToken() != null) {
                add(JsonFinding.Kind.TRAILING_TEXT, "text follows the JSON value");
            }
        } catch (JsonProcessingException e) {
            add(JsonFinding.Kind.TRAILING_TEXT, "text follows the JSON value");
        }
        return new JsonReading.Value(node, findings);
    }

    private static JsonReading notJson(String detail, long offset) {
        return new JsonReading.NotJson(new JsonFinding(JsonFinding.Kind.NOT_JSON, detail, Math.max(0, offset)));
    }

    /** Reads the value at the current token; the parser's own limit of 1,000 levels bounds the recursion. */
    private JsonNode value() throws IOException {
        JsonNodeFactory make = JsonNodeFactory.instance;
        return switch (parser.currentToken()) {
            case START_OBJECT -> object();
            case START_ARRAY -> array();
            case VALUE_STRING -> make.textNode(checked(parser.getText()));
            case VALUE_NUMBER_INT -> make.numberNode(parser.getBigIntegerValue());
            case VALUE_NUMBER_FLOAT -> make.numberNode(parser.getDecimalValue());
            case VALUE_TRUE -> make.booleanNode(true);
            case VALUE_FALSE -> make.booleanNode(false);
            default -> make.nullNode();
        };
    }

    private ObjectNode object() throws IOException {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = checked(parser.currentName());
            if (object.has(name)) {
                add(JsonFinding.Kind.DUPLICATE_KEY, "the key '" + name + "' stands twice");
            }
            parser.nextToken();
            object.set(name, value());
        }
        return object;
    }

    private ArrayNode array() throws IOException {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(value());
        }
        return array;
    }

    private String checked(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isHighSurrogate(text.charAt(i))
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(text.charAt(i))) {
                add(JsonFinding.Kind.LONE_SURROGATE, "the lone surrogate U+%04X".formatted((int) text.charAt(i)));
            }
        }
        return text;
    }

    private void add(JsonFinding.Kind kind, String detail) {
        findings.add(new JsonFinding(
                kind, detail, Math.max(0, parser.currentTokenLocation().getCharOffset())));
    }
}
