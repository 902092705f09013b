package dev.touchstone.features.steps;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.harness.json.MalformedEvidence;
import dev.touchstone.harness.json.StrictNode;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.ExchangeJson;
import dev.touchstone.harness.verdict.VerdictJson;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Writes what a scenario kept as JSON and reads it back, equal in every value; see docs/results.md, "kept.json". */
public final class KeptJson {

    private KeptJson() {}

    /** Adds the members {@code exchanges}, {@code memory} and {@code said}. */
    public static void write(ObjectNode node, Kept kept) {
        ArrayNode exchanges = node.putArray("exchanges");
        List<JsonNode> written = new ArrayList<>();
        kept.exchanges().forEach(e -> written.add(ExchangeJson.write(e)));
        written.forEach(exchanges::add);
        Writer writer = new Writer(kept.exchanges(), written);
        ArrayNode memory = node.putArray("memory");
        Map<String, Object> before = Map.of();
        for (Map<String, Object> after : kept.memory()) {
            ObjectNode changed = memory.addObject();
            for (Map.Entry<String, Object> entry : after.entrySet()) {
                if (!entry.getValue().equals(before.get(entry.getKey()))) {
                    changed.set(entry.getKey(), writer.value(entry.getValue()));
                }
            }
            before = after;
        }
        ArrayNode said = node.putArray("said");
        kept.said()
                .forEach(s -> said.addObject()
                        .put("action", s.action())
                        .set("verdict", VerdictJson.write(s.verdict(), UnaryOperator.identity())));
    }

    /** @throws MalformedEvidence where a member is missing or of another form */
    public static Kept read(StrictNode node) {
        List<Exchange> exchanges =
                node.list("exchanges").stream().map(ExchangeJson::read).toList();
        List<Map<String, Object>> memory = new ArrayList<>();
        Map<String, Object> now = new HashMap<>();
        for (StrictNode changed : node.list("memory")) {
            for (StrictNode.Member member : changed.members()) {
                now.put(member.name(), value(member.value(), exchanges));
            }
            memory.add(Map.copyOf(now));
        }
        List<Kept.Said> said = node.list("said").stream()
                .map(s -> new Kept.Said(s.number("action"), VerdictJson.read(s.get("verdict"))))
                .toList();
        return new Kept(exchanges, memory, said);
    }

    /** Writes values; an exchange of the list as a reference to it, and whole where it is another state of it. */
    private record Writer(List<Exchange> exchanges, List<JsonNode> written) {

        ObjectNode value(Object value) {
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            switch (value) {
                case String text -> node.put("text", text);
                case Integer number -> node.put("int", number);
                case Long number -> node.put("long", number);
                case BigInteger number -> node.put("big_integer", number.toString());
                case BigDecimal number -> node.put("big_decimal", number.toString());
                case Double number -> node.put("double", number.toString()); // JSON has no NaN
                case Boolean truth -> node.put("boolean", truth);
                case Duration duration -> node.put("duration", duration.toString());
                case Exchange exchange -> exchange(node, exchange);
                case List<?> list -> {
                    ArrayNode all = node.putArray("list");
                    list.forEach(element -> all.add(value(element)));
                }
                default ->
                    throw new IllegalStateException(
                            "the evidence has no form for a " + value.getClass().getSimpleName());
            }
            return node;
        }

        private void exchange(ObjectNode node, Exchange exchange) {
            for (int i = 0; i < exchanges.size(); i++) {
                if (exchanges.get(i) == exchange) {
                    node.put("exchange", i);
                    return;
                }
            }
            JsonNode whole = ExchangeJson.write(exchange);
            int same = written.indexOf(whole);
            if (same >= 0) {
                node.put("exchange", same);
            } else {
                node.set("exchange", whole);
            }
        }
    }

    private static Object value(StrictNode node, List<Exchange> exchanges) {
        List<StrictNode.Member> members = node.members();
        if (members.size() != 1) {
            throw new MalformedEvidence(node.where() + " is no single value");
        }
        StrictNode value = members.getFirst().value();
        return switch (members.getFirst().name()) {
            case "text" -> value.text();
            case "int" -> value.number();
            case "long" -> value.integer();
            case "big_integer" -> parsed(value, BigInteger::new);
            case "big_decimal" -> parsed(value, BigDecimal::new);
            case "double" -> parsed(value, Double::valueOf);
            case "boolean" -> value.truth();
            case "duration" -> parsed(value, Duration::parse);
            case "exchange" -> exchange(value, exchanges);
            case "list" ->
                value.list().stream().map(element -> value(element, exchanges)).toList();
            default ->
                throw new MalformedEvidence(node.where() + " is of the unknown type "
                        + members.getFirst().name());
        };
    }

    private static Exchange exchange(StrictNode value, List<Exchange> exchanges) {
        if (value.node().isObject()) {
            return ExchangeJson.read(value);
        }
        int index = value.number();
        return Optional.of(index)
                .filter(i -> i >= 0 && i < exchanges.size())
                .map(exchanges::get)
                .orElseThrow(() -> new MalformedEvidence(
                        value.where() + " is " + index + ", but there are " + exchanges.size() + " exchanges"));
    }

    private static <T> T parsed(StrictNode node, Function<String, T> parse) {
        String text = node.text();
        try {
            return parse.apply(text);
        } catch (NumberFormatException | DateTimeException e) {
            throw new MalformedEvidence(node.where() + " is '" + text + "'");
        }
    }
}
