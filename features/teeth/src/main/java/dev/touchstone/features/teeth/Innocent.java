package dev.touchstone.features.teeth;

import dev.touchstone.harness.target.Dialect;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A worker that is odd and legal.
 *
 * @param layer wire, or worker where its options or its process are odd
 * @param source the standard that allows it, with its section
 * @param only what is judged; everything where it is empty
 * @param agent whether an agent of that id in the worker's process makes it odd, beside its options
 * @param options further command line options of the worker
 * @param workers how many honest workers are behind one proxy, as if one ran so many jobs at once; only in layer wire
 * @param budgets changed limits, each {@code name=value}
 */
record Innocent(
        String id,
        Layer layer,
        String what,
        String source,
        Optional<String> only,
        Dialect dialect,
        boolean agent,
        String options,
        int workers,
        List<String> budgets) {

    private static final Set<String> FIELDS =
            Set.of("id", "layer", "what", "source", "only", "dialect", "agent", "options", "workers", "budgets");

    Innocent {
        budgets = List.copyOf(budgets);
    }

    /** Whether it must tell that it showed; options alone cannot. */
    boolean tellsWhenItShows() {
        return layer == Layer.WIRE || agent;
    }

    /** All of them, in their order. */
    static List<Innocent> all() {
        List<Innocent> all = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (YamlEntry entry : YamlEntry.root("innocents.yaml").list("innocents")) {
            Innocent innocent = of(entry.knowing(FIELDS));
            if (!ids.add(innocent.id)) {
                throw new MalformedFaults("teeth/innocents.yaml has the id " + innocent.id + " twice.");
            }
            all.add(innocent);
        }
        return all;
    }

    private static Innocent of(YamlEntry entry) {
        Layer layer = entry.word(Layer.class, "layer", "wire");
        if (layer == Layer.WIRE && entry.has("agent")) {
            throw new MalformedFaults(
                    "teeth/innocents.yaml: " + entry.id() + " is of layer wire and has an agent; only worker may.");
        }
        if (layer == Layer.HOST) {
            throw new MalformedFaults(
                    "teeth/innocents.yaml: " + entry.id() + " is of layer host; accepted are wire, worker.");
        }
        return new Innocent(
                entry.id(),
                layer,
                entry.text("what"),
                entry.text("source"),
                entry.has("only") ? Optional.of(entry.text("only")) : Optional.empty(),
                entry.dialect(),
                entry.flag("agent", false),
                entry.text("options", ""),
                entry.count("workers", 1),
                entry.texts("budgets"));
    }
}
