package dev.touchstone.harness.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.harness.json.JsonFinding;
import dev.touchstone.harness.json.JsonReading;
import dev.touchstone.harness.json.JsonText;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One JSON object, read strictly: no trailing text, no duplicate member, numbers exactly as written. Immutable. */
final class Fields {
    /** A lone surrogate in a string is TX-01's concern, and what is not UTF-8 that of whoever decoded it. */
    private static final Set<JsonFinding.Kind> TOLERATED =
            EnumSet.of(JsonFinding.Kind.LONE_SURROGATE, JsonFinding.Kind.INVALID_UTF8);

    private final ObjectNode object;

    private Fields(ObjectNode object) {
        this.object = object;
    }

    /** Reads one JSON object, or nothing where the text is anything else. */
    static Optional<Fields> of(String json) {
        return JsonText.parse(json) instanceof JsonReading.Value value
                        && value.node() instanceof ObjectNode node
                        && value.findings().stream().map(JsonFinding::kind).allMatch(TOLERATED::contains)
                ? Optional.of(new Fields(node))
                : Optional.empty();
    }

    boolean has(String name) {
        return object.has(name);
    }

    Optional<String> string(String name) {
        return node(name).filter(JsonNode::isTextual).map(JsonNode::textValue);
    }

    /**
     * A whole number by its value. RFC 8259, section 6, knows one kind of number, and JSON Schema 2020-12 (Core, section
     * 4.2.3) says that {@code 2.0} and {@code 2e0} are the integer 2.
     */
    Optional<BigInteger> integer(String name) {
        return number(name).filter(n -> n.stripTrailingZeros().scale() <= 0).map(BigDecimal::toBigIntegerExact);
    }

    /**
     * A number written without fraction or exponent, as only a program writes it that keeps it out of a double: the
     * contract asks this of seeds.
     */
    Optional<BigInteger> seed(String name) {
        return node(name).filter(JsonNode::isIntegralNumber).map(JsonNode::bigIntegerValue);
    }

    Optional<BigDecimal> number(String name) {
        return node(name).filter(JsonNode::isNumber).map(JsonNode::decimalValue);
    }

    Optional<Boolean> bool(String name) {
        return node(name).filter(JsonNode::isBoolean).map(JsonNode::booleanValue);
    }

    Optional<Fields> object(String name) {
        return node(name)
                .filter(ObjectNode.class::isInstance)
                .map(ObjectNode.class::cast)
                .map(Fields::new);
    }

    /** The objects of an array; other elements are left out. */
    List<Fields> objects(String name) {
        return node(name)
                .filter(JsonNode::isArray)
                .map(array -> array.valueStream()
                        .filter(ObjectNode.class::isInstance)
                        .map(o -> new Fields((ObjectNode) o))
                        .toList())
                .orElse(List.of());
    }

    /** The strings of an array; a string alone counts as an array of one. */
    List<String> strings(String name) {
        return node(name)
                .map(node -> node.isArray()
                        ? node.valueStream()
                                .filter(JsonNode::isTextual)
                                .map(JsonNode::textValue)
                                .toList()
                        : node.isTextual() ? List.of(node.textValue()) : List.<String>of())
                .orElse(List.of());
    }

    /** The last element of an array of objects. */
    Optional<Fields> lastOf(String name) {
        return node(name)
                .filter(JsonNode::isArray)
                .filter(array -> !array.isEmpty())
                .map(array -> array.get(array.size() - 1))
                .filter(ObjectNode.class::isInstance)
                .map(ObjectNode.class::cast)
                .map(Fields::new);
    }

    /** The object without these members, as JSON: what two requests have in common. */
    String without(List<String> names) {
        return object.deepCopy().without(names).toString();
    }

    /** The member as it was written, for messages; {@code nothing} where it is absent. */
    String shown(String name) {
        return node(name).map(JsonNode::toString).map(Shown::brief).orElse("nothing");
    }

    Optional<JsonNode> node(String name) {
        return Optional.ofNullable(object.get(name));
    }
}
