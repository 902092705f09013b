package dev.touchstone.harness.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.StreamSupport;

/**
 * A member of a file that the kit wrote earlier, read without guessing.
 *
 * @param where the member's place within the file, for messages
 */
public record StrictNode(JsonNode node, String where) {

    /** The whole of a file. */
    public static StrictNode root(JsonNode node) {
        return new StrictNode(node, "");
    }

    /** A member that must be there. */
    public StrictNode get(String name) {
        return find(name).orElseThrow(() -> new MalformedEvidence("lacks " + path(name)));
    }

    /** A member that may be absent. */
    public Optional<StrictNode> find(String name) {
        return Optional.ofNullable(node.get(name)).map(found -> new StrictNode(found, path(name)));
    }

    public boolean has(String name) {
        return node.has(name);
    }

    public String text(String name) {
        return get(name).text();
    }

    public String text() {
        demand(node.isTextual(), "a text");
        return node.textValue();
    }

    public long integer(String name) {
        return get(name).integer();
    }

    public long integer() {
        demand(node.isIntegralNumber() && node.canConvertToLong(), "a whole number");
        return node.longValue();
    }

    /** A whole number of 32 bits. */
    public int number() {
        demand(node.isIntegralNumber() && node.canConvertToInt(), "a whole number");
        return node.intValue();
    }

    public int number(String name) {
        return get(name).number();
    }

    public double decimal() {
        demand(node.isNumber(), "a number");
        return node.doubleValue();
    }

    public boolean truth() {
        demand(node.isBoolean(), "true or false");
        return node.booleanValue();
    }

    public boolean truth(String name) {
        return get(name).truth();
    }

    public OptionalLong findInteger(String name) {
        return find(name).map(StrictNode::integer).map(OptionalLong::of).orElseGet(OptionalLong::empty);
    }

    public OptionalDouble findDecimal(String name) {
        return find(name).map(StrictNode::decimal).map(OptionalDouble::of).orElseGet(OptionalDouble::empty);
    }

    /** The elements of an array that must be there. */
    public List<StrictNode> list(String name) {
        return get(name).list();
    }

    public List<StrictNode> list() {
        demand(node.isArray(), "an array");
        return StreamSupport.stream(node.spliterator(), false)
                .map(element -> new StrictNode(element, where + "[]"))
                .toList();
    }

    /** The names and values of an object. */
    public List<Member> members() {
        demand(node.isObject(), "an object");
        return node.properties().stream()
                .map(e -> new Member(e.getKey(), new StrictNode(e.getValue(), path(e.getKey()))))
                .toList();
    }

    /** One member of an object. */
    public record Member(String name, StrictNode value) {}

    private void demand(boolean fit, String accepted) {
        if (!fit) {
            String shown = node.toString();
            throw new MalformedEvidence((where.isEmpty() ? "the file" : where) + " is "
                    + (shown.length() > 40 ? shown.substring(0, 40) + "…" : shown) + ", where " + accepted
                    + " is accepted");
        }
    }

    private String path(String name) {
        return where.isEmpty() ? name : where + "." + name;
    }
}
