package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** The same values in JSON as RFC 8259 allows them, written as few programs write them. */
final class JsonOddities {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern COUNTS = Pattern.compile("\"(i|tokens_out|tokens_in)\":(\\d+)");

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            Map.entry("reordered-keys", () -> everywhere(JsonOddities::reversed)),
            Map.entry("escaped-unicode", () -> everywhere(JsonOddities::escaped)),
            Map.entry("raw-unicode-and-escaped-slashes", () -> everywhere(text -> text.replace("/", "\\/"))),
            Map.entry("white-space-in-json", () -> everywhere(JsonOddities::spaced)),
            Map.entry("extra-json-fields", () -> everywhere(text -> edited(text, JsonOddities::addFields))),
            Map.entry(
                    "integers-with-a-fraction-of-zero",
                    () -> streams(text -> COUNTS.matcher(text).replaceAll("\"$1\":$2.0"))),
            Map.entry(
                    "integers-with-an-exponent",
                    () -> streams(text -> COUNTS.matcher(text).replaceAll("\"$1\":$2e0"))),
            Map.entry("clock-three-seconds-ahead", () -> started(JsonOddities::threeSecondsLater)),
            Map.entry("time-with-offset-zero", () -> started(time -> time.replace("Z", "+00:00"))),
            Map.entry(
                    "time-in-small-letters",
                    () -> started(time -> time.replace("Z", "z").replace("T", "t"))),
            Map.entry(
                    "time-in-nanoseconds",
                    () -> started(time -> time.replaceFirst("(\\.\\d+)?Z", ".123456789Z")
                            .replaceFirst("(?<=:\\d\\d)\\.\\d{9}", ".000000001"))),
            Map.entry("health-with-required-fields-only", () -> health(JsonOddities::requiredOnly)),
            Map.entry("health-with-more-fields", () -> health(JsonOddities::addFields)),
            Map.entry("no-metrics-events", () -> streams(text -> text.startsWith("event: metrics") ? "" : text)),
            Map.entry("many-metrics-events", () -> streams(JsonOddities::manyMetrics)));

    private JsonOddities() {}

    private static TrafficChange streams(UnaryOperator<String> frame) {
        return OddAnswer.plain().only(ClientRequest::asksForText).framed(frame);
    }

    /** In events, in health, in errors and in whole answers. */
    private static TrafficChange everywhere(UnaryOperator<String> json) {
        return OddAnswer.plain().framed(text -> inData(text, json)).bodied(body -> {
            String text = new String(body, StandardCharsets.UTF_8);
            return text.startsWith("{") ? json.apply(text).getBytes(StandardCharsets.UTF_8) : body;
        });
    }

    private static TrafficChange health(Consumer<ObjectNode> edit) {
        return OddAnswer.plain()
                .only(request -> request.is("GET", "/health"))
                .bodied(body ->
                        edited(new String(body, StandardCharsets.UTF_8), edit).getBytes(StandardCharsets.UTF_8));
    }

    private static TrafficChange started(UnaryOperator<String> time) {
        return streams(text -> text.startsWith("event: started")
                ? inData(
                        text,
                        json -> edited(
                                json,
                                node -> node.put(
                                        "started_at",
                                        time.apply(node.path("started_at").asText()))))
                : text);
    }

    private static String inData(String frame, UnaryOperator<String> json) {
        int data = frame.indexOf("data: {");
        int end = frame.indexOf('\n', data);
        return data < 0
                ? frame
                : frame.substring(0, data + 6) + json.apply(frame.substring(data + 6, end)) + frame.substring(end);
    }

    private static String edited(String json, Consumer<ObjectNode> edit) {
        try {
            JsonNode node = JSON.readTree(json);
            if (node instanceof ObjectNode object) {
                edit.accept(object);
                return object.toString();
            }
            return json;
        } catch (JsonProcessingException e) {
            return json; // not an object, as the last data of the OpenAI dialect
        }
    }

    private static String reversed(String json) {
        return edited(json, object -> {
            List<Map.Entry<String, JsonNode>> fields = new ArrayList<>(object.properties());
            Map<String, JsonNode> copies = new java.util.LinkedHashMap<>();
            Collections.reverse(fields);
            fields.forEach(field -> copies.put(field.getKey(), field.getValue()));
            object.removeAll();
            copies.forEach(object::set);
        });
    }

    /** Everything beyond ASCII, and every letter a, by its code. */
    private static String escaped(String json) {
        return edited(json, _ -> {})
                .chars()
                .mapToObj(c -> c > 126 ? String.format("\\u%04X", c) : "" + (char) c)
                .collect(java.util.stream.Collectors.joining());
    }

    private static String spaced(String json) {
        return edited(json, _ -> {})
                .replaceAll("^\\{", "{ \t")
                .replaceAll("\\}$", "  }")
                .replaceAll("^(\\{ \t\"[a-z_]+\"):", "$1 : ");
    }

    private static void addFields(ObjectNode object) {
        object.put("x_vendor", "touchstone").put("x_number", 1.5e3).putNull("x_nothing");
        object.putObject("x_object").putArray("list").add(true);
    }

    private static String threeSecondsLater(String time) {
        return Instant.parse(time).plus(Duration.ofSeconds(3)).toString();
    }

    private static void requiredOnly(ObjectNode health) {
        health.remove(
                List.of("sm", "cuda_runtime_version", "gpu_device", "kv_bytes_used", "active_job", "queue_depth"));
    }

    private static String manyMetrics(String text) {
        return text.startsWith("event: token")
                ? text + "event: metrics\ndata: {\"tokens_in\":1,\"tokens_per_second\":10.5}\n\n"
                : text;
    }
}
