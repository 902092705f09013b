package dev.touchstone.worker.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Bytes to one JSON object: strict UTF-8, no duplicate names, bounded nesting, nothing after the object. */
public final class JsonReader {
    private static final int MAX_DEPTH = 32;
    private static final ObjectReader STRICT = reader(false);
    private static final ObjectReader WITH_NAN = reader(true);

    private JsonReader() {}

    public static JsonNode object(byte[] body) throws RefusedRequest {
        String text = decode(body);
        JsonNode node;
        try {
            node = STRICT.readTree(text);
        } catch (JsonProcessingException e) {
            refuseNan(text);
            throw RefusedRequest.invalid("body", "body must be one valid JSON object without duplicate names.");
        }
        if (!node.isObject()) {
            throw RefusedRequest.invalid("body", "body must be one JSON object.");
        }
        return node;
    }

    private static String decode(byte[] body) throws RefusedRequest {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw RefusedRequest.invalid("body", "body must be valid UTF-8.");
        }
    }

    /** NaN and Infinity are not JSON; the second reading is only there to name the field that carries them. */
    private static void refuseNan(String text) throws RefusedRequest {
        try {
            for (var field : WITH_NAN.readTree(text).properties()) {
                if (field.getValue().isDouble()
                        && !Double.isFinite(field.getValue().doubleValue())) {
                    String name = RequestParser.isField(field.getKey()) ? field.getKey() : "body";
                    throw RefusedRequest.invalid(name, name + " must be a finite JSON number in its accepted range.");
                }
            }
        } catch (JsonProcessingException e) {
            throw RefusedRequest.invalid("body", "body must be one valid JSON object without duplicate names.");
        }
    }

    private static ObjectReader reader(boolean nan) {
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                .configure(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS, nan)
                .build();
        return JsonMapper.builder(factory)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build()
                .reader();
    }
}
