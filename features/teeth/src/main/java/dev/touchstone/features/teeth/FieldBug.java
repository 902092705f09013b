package dev.touchstone.features.teeth;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A bug that a real server had.
 *
 * @param id such as {@code B19}
 * @param bug what was seen from outside
 * @param source the public issue or pull request
 */
record FieldBug(String id, String area, String bug, String source) {

    /** All of them by id, in their order. */
    static Map<String, FieldBug> all() {
        Map<String, FieldBug> all = new LinkedHashMap<>();
        for (YamlEntry entry : YamlEntry.root("field-bugs.yaml").list("bugs")) {
            entry.knowing(Set.of("id", "area", "bug", "source"));
            FieldBug bug = new FieldBug(entry.text("id"), entry.text("area"), entry.text("bug"), entry.text("source"));
            if (!bug.id.matches("B[0-9]{2,3}") || all.put(bug.id, bug) != null) {
                throw new MalformedFaults("teeth/field-bugs.yaml has the id " + bug.id + " twice, or it is no id.");
            }
        }
        return all;
    }
}
