package dev.touchstone.harness.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads JSON as RFC 8259 defines it, without leniency: NaN, comments and trailing commas are not JSON. Numbers of up to
 * {@value #LONGEST_NUMBER} characters stay exact, whether integral or not. RFC 8259, section 9, lets a reader set
 * limits; beyond those of this one, which no worker has a reason to reach, a text is refused as {@code BEYOND_LIMIT}.
 */
public final class JsonText {

    private static final int DEEPEST = 500;
    private static final int LONGEST_NUMBER = 1_000;
    /** A larger power of ten is a few characters on the wire and gigabytes once somebody calculates with it. */
    private static final int LARGEST_EXPONENT = 10_000;

    private static final int PER_KIND = 100;
    private static final int SHOWN = 60;

    // Names are the worker's: keeping them in tables that outlive the text would let it fill the memory.
    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxNumberLength(LONGEST_NUMBER)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final JsonParser parser;
    private final List<JsonFinding> findings;
    private final Map<JsonFinding.Kind, Integer> counts = new EnumMap<>(JsonFinding.Kind.class);

    private JsonText(JsonParser parser, List<JsonFinding> before) {
        this.parser = parser;
        this.findings = new ArrayList<>(before);
    }

    /** Reads a text that should be one JSON value; throws nothing for what the text holds. */
    public static JsonReading parse(String text) {
        return parse(text, List.of());
    }

    /**
     * Reads bytes that should be one JSON value in UTF-8 (RFC 8259, section 8.1); throws nothing for what they hold.
     * Bytes that are not UTF-8 are read as U+FFFD.
     */
    public static JsonReading parse(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        int parting = Arrays.mismatch(text.getBytes(StandardCharsets.UTF_8), bytes);
        if (parting < 0) {
            return parse(text);
        }
        int offset = new String(bytes, 0, parting, StandardCharsets.UTF_8).length();
        return parse(
                text,
                List.of(new JsonFinding(
                        JsonFinding.Kind.INVALID_UTF8, "byte %d begins what is not UTF-8".formatted(parting), offset)));
    }

    private static JsonReading parse(String text, List<JsonFinding> before) {
        boolean marked = text.startsWith("\uFEFF");
        List<JsonFinding> found = new ArrayList<>(before);
        if (marked) {
            found.add(new JsonFinding(
                    JsonFinding.Kind.BYTE_ORDER_MARK, "a byte order mark stands before the JSON value", 0));
        }
        try (JsonParser parser = FACTORY.createParser(marked ? text.substring(1) : text)) {
            return new JsonText(parser, found).read();
        } catch (IOException e) {
            throw new UncheckedIOException("Reading from memory failed.", e);
        }
    }

    private JsonReading read() throws IOException {
        JsonNode node;
        try {
            if (parser.nextToken() == null) {
                return refused(JsonFinding.Kind.NOT_JSON, "the text is empty", 0);
            }
            node = value();
        } catch (StreamConstraintsException e) {
            return refused(JsonFinding.Kind.BEYOND_LIMIT, "beyond the reader's limits: " + reason(e), offset());
        } catch (JsonProcessingException e) {
            return refused(JsonFinding.Kind.NOT_JSON, "not JSON: " + reason(e), offset());
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

    private long offset() {
        return Math.max(0, parser.currentLocation().getCharOffset());
    }

    private static String reason(JsonProcessingException e) {
        return String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
    }

    private static JsonReading refused(JsonFinding.Kind kind, String detail, long offset) {
        return new JsonReading.NotJson(new JsonFinding(kind, detail, offset));
    }

    /** Reads the value at the current token; the parser's limit of levels bounds the recursion. */
    private JsonNode value() throws IOException {
        JsonNodeFactory make = JsonNodeFactory.instance;
        return switch (parser.currentToken()) {
            case START_OBJECT -> object();
            case START_ARRAY -> array();
            case VALUE_STRING -> make.textNode(checked(parser.getText()));
            case VALUE_NUMBER_INT -> make.numberNode(parser.getBigIntegerValue());
            case VALUE_NUMBER_FLOAT -> make.numberNode(decimal());
            case VALUE_TRUE -> make.booleanNode(true);
            case VALUE_FALSE -> make.booleanNode(false);
            default -> make.nullNode();
        };
    }

    private BigDecimal decimal() throws IOException {
        Optional<BigDecimal> value = exact();
        if (value.filter(v -> Math.abs((long) v.precision() - v.scale()) <= LARGEST_EXPONENT)
                .isEmpty()) {
            throw new StreamConstraintsException(
                    "a number whose exponent goes beyond " + LARGEST_EXPONENT, parser.currentLocation());
        }
        return value.get();
    }

    /** Nothing where the exponent is none that a {@link BigDecimal} can have. */
    private Optional<BigDecimal> exact() throws IOException {
        try {
            return Optional.of(parser.getDecimalValue());
        } catch (NumberFormatException exponent) {
            return Optional.empty();
        }
    }

    private ObjectNode object() throws IOException {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = checked(parser.currentName());
            if (object.has(name)) {
                add(JsonFinding.Kind.DUPLICATE_KEY, "the key " + shown(name) + " stands twice");
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

    private static String shown(String name) {
        return name.length() <= SHOWN ? "'" + name + "'" : "'" + name.substring(0, SHOWN) + "…'";
    }

    private void add(JsonFinding.Kind kind, String detail) {
        if (counts.merge(kind, 1, Integer::sum) <= PER_KIND) {
            findings.add(new JsonFinding(
                    kind, detail, Math.max(0, parser.currentTokenLocation().getCharOffset())));
        }
    }
}
