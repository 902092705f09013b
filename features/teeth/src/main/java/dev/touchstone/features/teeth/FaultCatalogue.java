package dev.touchstone.features.teeth;

import dev.touchstone.harness.contract.ContractCatalogue;
import dev.touchstone.harness.contract.Level;
import dev.touchstone.harness.contract.Requirement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** All faults, and what is known to be unseen; read strictly, for an entry that is overlooked proves nothing. Immutable. */
final class FaultCatalogue {

    private static final String FILE = "faults.yaml";
    private static final Set<String> FIELDS = Set.of(
            "id",
            "layer",
            "what",
            "bugs",
            "teeth",
            "breaks",
            "dialect",
            "options",
            "workers",
            "budgets",
            "intermittent",
            "fast",
            "breaks-engine",
            "live");

    private final Map<String, Fault> faults = new LinkedHashMap<>();
    private final List<Unseen> unseen = new ArrayList<>();
    private final ContractCatalogue contract;
    private final Map<String, FieldBug> bugs;

    private FaultCatalogue(ContractCatalogue contract, Map<String, FieldBug> bugs) {
        this.contract = contract;
        this.bugs = bugs;
    }

    /**
     * Reads what this build carries.
     *
     * @throws MalformedFaults with one sentence
     */
    static FaultCatalogue load() {
        return read(YamlEntry.root(FILE), Contracts.current(), FieldBug.all());
    }

    static FaultCatalogue read(YamlEntry root, ContractCatalogue contract, Map<String, FieldBug> bugs) {
        FaultCatalogue catalogue = new FaultCatalogue(contract, bugs);
        root.knowing(Set.of("faults", "unseen"));
        root.list("faults").forEach(entry -> catalogue.add(fault(entry.knowing(FIELDS))));
        root.list("unseen").forEach(entry -> catalogue.addUnseen(entry.knowing(Set.of("teeth", "bug", "why"))));
        return catalogue;
    }

    private static Fault fault(YamlEntry entry) {
        Layer layer = entry.word(Layer.class, "layer", "");
        return new Fault(
                entry.id(),
                layer,
                entry.text("what"),
                entry.texts("bugs"),
                entry.texts("teeth").stream().map(text -> phrase(entry, text)).toList(),
                entry.mapping("breaks"),
                entry.dialect(),
                entry.text("options", ""),
                entry.count("workers", 1),
                entry.texts("budgets"),
                entry.text("intermittent", ""),
                entry.flag("fast", layer == Layer.WIRE),
                entry.flag("breaks-engine", false),
                entry.flag("live", false));
    }

    private static Fault.Phrase phrase(YamlEntry entry, String text) {
        String[] parts = text.split(": ", 2);
        if (parts.length < 2) {
            throw new MalformedFaults("teeth/" + FILE + ": " + entry.id() + " has the phrase '" + text
                    + "'; accepted is one such as 'EV-02: two terminals'.");
        }
        return new Fault.Phrase(parts[0], parts[1]);
    }

    private void add(Fault fault) {
        if (faults.put(fault.id(), fault) != null) {
            throw wrong(fault.id(), "stands there twice");
        }
        if (fault.workers() > 1 && fault.layer() != Layer.WIRE) {
            throw wrong(
                    fault.id(), "has several workers without a proxy before them; accepted is that of layer wire only");
        }
        if (fault.live() && fault.layer() != Layer.HOST && !fault.breaksEngine()) {
            throw wrong(fault.id(), "is live; accepted is that of layer host and of those that break the engine");
        }
        if (fault.breaks().isEmpty()) {
            throw wrong(fault.id(), "breaks nothing");
        }
        fault.breaks().forEach((id, words) -> {
            if (contract.find(id).isEmpty() || words.isBlank()) {
                throw wrong(fault.id(), "breaks '" + id + "', which the contract has not, or names no words");
            }
        });
        fault.teeth().forEach(phrase -> demand(fault.id(), phrase));
        fault.teeth().stream()
                .filter(phrase -> !fault.breaks().containsKey(phrase.requirement()))
                .forEach(phrase -> {
                    throw wrong(fault.id(), "has a phrase of " + phrase.requirement() + ", which it does not break");
                });
        fault.bugs().stream().filter(bug -> !bugs.containsKey(bug)).forEach(bug -> {
            throw wrong(fault.id(), "models the bug " + bug + ", which field-bugs.yaml has not");
        });
    }

    private void demand(String where, Fault.Phrase phrase) {
        boolean known = contract.find(phrase.requirement())
                .filter(requirement -> phrases(requirement).contains(phrase.text()))
                .isPresent();
        if (!known) {
            throw wrong(where, "has the phrase '" + phrase + "', which is not in the contract");
        }
    }

    private void addUnseen(YamlEntry entry) {
        String subject = entry.has("bug") ? entry.text("bug") : entry.text("teeth");
        if (entry.has("bug") && !bugs.containsKey(subject)) {
            throw wrong("unseen", "names the bug " + subject + ", which field-bugs.yaml has not");
        }
        if (!entry.has("bug")) {
            demand("unseen", phrase(entry, subject));
        }
        unseen.add(new Unseen(subject, entry.text("why")));
    }

    private static MalformedFaults wrong(String id, String what) {
        return new MalformedFaults("teeth/" + FILE + ": " + id + " " + what + ".");
    }

    /** The phrases under {@code teeth} of a requirement. */
    static List<String> phrases(Requirement requirement) {
        return Stream.of(requirement.teeth().split(";")).map(String::strip).toList();
    }

    Optional<Fault> fault(String id) {
        return Optional.ofNullable(faults.get(id));
    }

    List<Fault> faults() {
        return List.copyOf(faults.values());
    }

    List<Unseen> unseen() {
        return List.copyOf(unseen);
    }

    Map<String, FieldBug> bugs() {
        return new LinkedHashMap<>(bugs);
    }

    ContractCatalogue contract() {
        return contract;
    }

    /** What the catalogue leaves open: a phrase of a MUST or SHOULD, or a bug, with neither a fault nor a reason. */
    List<String> gaps() {
        Set<String> covered = new HashSet<>();
        faults.values().forEach(fault -> {
            fault.teeth().forEach(phrase -> covered.add(phrase.toString()));
            covered.addAll(fault.bugs());
        });
        unseen.forEach(entry -> covered.add(entry.subject()));
        Stream<String> phrases = contract.requirements().stream()
                .filter(requirement -> requirement.level() != Level.MAY)
                .flatMap(requirement -> phrases(requirement).stream().map(phrase -> requirement.id() + ": " + phrase));
        return Stream.concat(phrases, bugs.keySet().stream())
                .filter(subject -> !covered.contains(subject))
                .toList();
    }
}
