package dev.touchstone.harness.contract;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The worker contract as read from {@code requirements.yaml}: areas and requirements in the file's order. Immutable. */
public final class ContractCatalogue {

    private final Map<String, String> areas;
    private final Map<String, Requirement> requirements;

    ContractCatalogue(Map<String, String> areas, List<Requirement> requirements) {
        this.areas = new LinkedHashMap<>(areas);
        this.requirements = new LinkedHashMap<>();
        requirements.forEach(requirement -> this.requirements.put(requirement.id(), requirement));
    }

    /**
     * Reads a catalogue; the caller closes the stream.
     *
     * @throws MalformedCatalogue with one sentence when it is not a catalogue
     */
    public static ContractCatalogue read(InputStream yaml) {
        return new CatalogueReader().read(yaml);
    }

    /** All requirements, in the catalogue's order. */
    public List<Requirement> requirements() {
        return List.copyOf(requirements.values());
    }

    /** Area ids to titles, in the catalogue's order. */
    public Map<String, String> areas() {
        return new LinkedHashMap<>(areas);
    }

    /** The title of an area, such as {@code Text and UTF-8} for {@code TX}; the id itself where it has none. */
    public String areaTitle(String area) {
        return areas.getOrDefault(area, area);
    }

    /** Finds a requirement by its id, whatever the case. */
    public Optional<Requirement> find(String id) {
        return Optional.ofNullable(requirements.get(id.strip().toUpperCase(Locale.ROOT)));
    }

    /**
     * Finds the requirement that must exist.
     *
     * @throws UnknownSelection with one sentence that names near matches
     */
    public Requirement require(String id) {
        return find(id).orElseThrow(() -> unknown(id.strip(), "requirement", requirements.keySet()));
    }

    /**
     * Selects requirements by a comma-separated list of ids, areas and profiles, such as {@code EV-02,HL,perf}.
     *
     * @return those that any of the terms selects, in the catalogue's order
     * @throws UnknownSelection with one sentence that names near matches, or when the list is empty
     */
    public List<Requirement> select(String selection) {
        List<String> terms = Stream.of(selection.split(","))
                .map(String::strip)
                .filter(t -> !t.isEmpty())
                .toList();
        if (terms.isEmpty()) {
            throw new UnknownSelection("The selection '" + selection
                    + "' names nothing; accepted are requirement ids, areas and profiles, such as EV-02,HL,perf.");
        }
        Set<Requirement> selected = new LinkedHashSet<>();
        terms.forEach(term -> selected.addAll(matching(term)));
        return requirements.values().stream().filter(selected::contains).toList();
    }

    private List<Requirement> matching(String term) {
        List<Requirement> matches = requirements.values().stream()
                .filter(r -> r.id().equalsIgnoreCase(term)
                        || r.area().equalsIgnoreCase(term)
                        || r.profile().name().equalsIgnoreCase(term))
                .toList();
        if (matches.isEmpty()) {
            throw unknown(term, "requirement, area or profile", terms());
        }
        return matches;
    }

    private List<String> terms() {
        List<String> all = new ArrayList<>(areas.keySet());
        Stream.of(Profile.values()).map(p -> p.name().toLowerCase(Locale.ROOT)).forEach(all::add);
        all.addAll(requirements.keySet());
        return all;
    }

    private UnknownSelection unknown(String term, String kind, Iterable<String> known) {
        List<String> near = NearMatches.of(term, known);
        String hint = near.isEmpty()
                ? "areas are " + String.join(", ", areas.keySet())
                : "near it are " + String.join(", ", near);
        return new UnknownSelection("No " + kind + " is called '" + term + "'; " + hint + ".");
    }
}
