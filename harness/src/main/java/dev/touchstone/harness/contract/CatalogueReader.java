package dev.touchstone.harness.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads {@code requirements.yaml} and refuses what would make a run judge less than it seems to. */
final class CatalogueReader {

    private static final Pattern ID = Pattern.compile("[A-Z]{2}-[0-9]{2}");

    ContractCatalogue read(InputStream yaml) {
        JsonNode root = parse(yaml);
        Map<String, String> areas = areas(root.path("areas"));
        JsonNode list = root.path("requirements");
        if (!list.isArray() || list.isEmpty()) {
            throw new MalformedCatalogue("The contract catalogue has no list of requirements.");
        }
        List<Requirement> requirements = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (JsonNode entry : list) {
            Requirement requirement = requirement(entry, areas);
            if (!seen.add(requirement.id())) {
                throw new MalformedCatalogue("The contract catalogue has requirement " + requirement.id() + " twice.");
            }
            requirements.add(requirement);
        }
        return new ContractCatalogue(areas, requirements);
    }

    private static JsonNode parse(InputStream yaml) {
        try {
            JsonNode root = new YAMLMapper().readTree(yaml);
            if (!root.isObject()) {
                throw new MalformedCatalogue("The contract catalogue is not a YAML mapping of areas and requirements.");
            }
            return root;
        } catch (JsonProcessingException e) {
            throw new MalformedCatalogue("The contract catalogue is not YAML: line "
                    + e.getLocation().getLineNr() + ", "
                    + e.getOriginalMessage().lines().findFirst().orElse("unreadable") + ".");
        } catch (IOException e) {
            throw new MalformedCatalogue("The contract catalogue cannot be read: " + e.getMessage() + ".");
        }
    }

    private static Map<String, String> areas(JsonNode node) {
        Map<String, String> areas = new LinkedHashMap<>();
        node.properties()
                .forEach(area ->
                        areas.put(area.getKey(), area.getValue().path("title").asText()));
        return areas;
    }

    private static Requirement requirement(JsonNode entry, Map<String, String> areas) {
        String id = entry.path("id").asText();
        if (!ID.matcher(id).matches()) {
            throw new MalformedCatalogue("The contract catalogue has a requirement with the id '" + id
                    + "'; accepted are two capital letters, a hyphen and two digits.");
        }
        String area = id.substring(0, 2);
        if (!areas.containsKey(area)) {
            throw new MalformedCatalogue(
                    "Requirement " + id + " belongs to no area of the contract catalogue; areas are "
                            + String.join(", ", areas.keySet()) + ".");
        }
        return new Requirement(
                id,
                area,
                word(Level.class, id, entry, "level"),
                word(Profile.class, id, entry, "profile"),
                text(id, entry, "text"),
                text(id, entry, "teeth"));
    }

    private static <E extends Enum<E>> E word(Class<E> kind, String id, JsonNode entry, String field) {
        String value = text(id, entry, field);
        return Stream.of(kind.getEnumConstants())
                .filter(e -> e.name().equalsIgnoreCase(value))
                .findFirst()
                .orElseThrow(() -> new MalformedCatalogue("Requirement " + id + " has the " + field + " '" + value
                        + "'; accepted are "
                        + Stream.of(kind.getEnumConstants())
                                .map(e -> e.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))
                        + "."));
    }

    private static String text(String id, JsonNode entry, String field) {
        JsonNode value = entry.path(field);
        if (!value.isTextual() || value.asText().isBlank()) {
            throw new MalformedCatalogue("Requirement " + id + " of the contract catalogue has no " + field + ".");
        }
        return value.asText();
    }
}
