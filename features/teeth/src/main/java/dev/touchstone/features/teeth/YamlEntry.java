package dev.touchstone.features.teeth;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.touchstone.harness.target.Dialect;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One entry of a catalogue of the teeth, read strictly: a field that nobody knows is refused.
 *
 * @param file for messages
 */
record YamlEntry(String file, JsonNode node) {

    private static final String ID_FORM = "[a-z0-9]+(-[a-z0-9]+)*";

    /** The root of a file on the class path. */
    static YamlEntry root(String file) {
        try (InputStream yaml = YamlEntry.class.getResourceAsStream("/teeth/" + file)) {
            if (yaml == null) {
                throw new MalformedFaults("This build of Touchstone carries no teeth/" + file + ".");
            }
            return parse(file, new String(yaml.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new MalformedFaults("teeth/" + file + " cannot be read: " + e.getMessage() + ".");
        }
    }

    static YamlEntry parse(String file, String yaml) {
        try {
            return new YamlEntry(file, new YAMLMapper().readTree(yaml));
        } catch (JsonProcessingException e) {
            throw new MalformedFaults("teeth/" + file + " is not YAML: line "
                    + (e.getLocation() == null ? "?" : e.getLocation().getLineNr()) + ", "
                    + e.getOriginalMessage().lines().findFirst().orElse("unreadable") + ".");
        }
    }

    List<YamlEntry> list(String field) {
        JsonNode list = node.path(field);
        if (!list.isArray()) {
            throw new MalformedFaults("teeth/" + file + " has no list '" + field + "'.");
        }
        List<YamlEntry> entries = new ArrayList<>();
        list.forEach(entry -> entries.add(new YamlEntry(file, entry)));
        return entries;
    }

    YamlEntry knowing(Set<String> fields) {
        node.fieldNames().forEachRemaining(name -> {
            if (!fields.contains(name)) {
                throw new MalformedFaults("teeth/" + file + ": " + name() + " has the field '" + name + "'; known are "
                        + String.join(", ", fields.stream().sorted().toList()) + ".");
            }
        });
        return this;
    }

    private String name() {
        return node.path("id").isTextual() ? node.path("id").asText() : "an entry";
    }

    String id() {
        String id = text("id");
        if (!id.matches(ID_FORM)) {
            throw new MalformedFaults(
                    "teeth/" + file + " has the id '" + id + "'; accepted are small words joined by hyphens.");
        }
        return id;
    }

    String text(String field) {
        JsonNode value = node.path(field);
        if (!value.isTextual() || value.asText().isBlank()) {
            throw new MalformedFaults("teeth/" + file + ": " + name() + " has no " + field + ".");
        }
        return value.asText();
    }

    boolean has(String field) {
        return node.has(field);
    }

    String text(String field, String otherwise) {
        return has(field) ? text(field) : otherwise;
    }

    boolean flag(String field, boolean otherwise) {
        JsonNode value = node.path(field);
        if (!value.isMissingNode() && !value.isBoolean()) {
            throw new MalformedFaults("teeth/" + file + ": " + name() + " has " + field + ": " + value.asText()
                    + "; accepted are true and false.");
        }
        return value.asBoolean(otherwise);
    }

    /** A number from 1 to 9. */
    int count(String field, int otherwise) {
        JsonNode value = node.path(field);
        if (!value.isMissingNode() && (!value.isInt() || value.intValue() < 1 || value.intValue() > 9)) {
            throw new MalformedFaults("teeth/" + file + ": " + name() + " has " + field + ": " + value.asText()
                    + "; accepted are the numbers 1 to 9.");
        }
        return value.asInt(otherwise);
    }

    List<String> texts(String field) {
        List<String> texts = new ArrayList<>();
        JsonNode list = node.path(field);
        if (!list.isMissingNode() && !list.isArray()) {
            throw new MalformedFaults("teeth/" + file + ": " + name() + " has a " + field + " that is no list.");
        }
        list.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    Map<String, String> mapping(String field) {
        Map<String, String> mapping = new LinkedHashMap<>();
        node.path(field)
                .properties()
                .forEach(e -> mapping.put(e.getKey(), e.getValue().asText()));
        return mapping;
    }

    <E extends Enum<E>> E word(Class<E> kind, String field, String otherwise) {
        String word = text(field, otherwise);
        for (E constant : kind.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(word)) {
                return constant;
            }
        }
        throw new MalformedFaults("teeth/" + file + ": " + name() + " has the " + field + " '" + word
                + "'; accepted are "
                + String.join(
                        ", ",
                        List.of(kind.getEnumConstants()).stream()
                                .map(c -> c.name().toLowerCase(java.util.Locale.ROOT))
                                .toList())
                + ".");
    }

    Dialect dialect() {
        Dialect dialect = word(Dialect.class, "dialect", "native");
        if (dialect == Dialect.AUTO) {
            throw new MalformedFaults(
                    "teeth/" + file + ": " + name() + " has the dialect 'auto'; accepted are native and openai.");
        }
        return dialect;
    }
}
