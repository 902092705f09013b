package dev.touchstone.reports;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Builds a {@code teeth.json} entry by entry; its totals are those of its entries. */
final class TeethFixture {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final ObjectWriter ASCII = MAPPER.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);
    private final ObjectNode root = MAPPER.createObjectNode();

    TeethFixture() {
        root.put("schema", "touchstone.teeth/1");
        root.putObject("tool").put("name", "touchstone").put("version", "1.2.3");
        root.put("started_at", "2026-11-24T15:00:00.123456Z").put("duration_ms", 792_000);
        root.put("tier", "all").put("noise", false).put("rounds", 5).put("lanes", 2);
        root.putObject("host").put("os", "Linux 6.8").put("cores", 2).put("java", "25.0.1");
        for (String list : new String[] {"faults", "innocents", "unseen", "ledger", "bugs"}) {
            root.putArray(list);
        }
        count();
    }

    ObjectNode root() {
        return root;
    }

    ArrayNode list(String name) {
        return (ArrayNode) root.path(name);
    }

    /** A fault of {@code EV-02} in the layer {@code wire}, as the others differ from it. */
    ObjectNode fault(String id, String outcome) {
        boolean killed = outcome.equals("killed");
        ObjectNode fault = list("faults").addObject();
        fault.put("id", id).put("layer", "wire").put("what", "The end event is sent twice.");
        fault.put("outcome", outcome).put("reason", killed ? "" : "No finding of EV-02 says “terminal”.");
        fault.put("intermittent", "").put("fast", true).put("dialect", "native").put("recorded", false);
        fault.putArray("bugs");
        tooth(fault, "EV-02", "two terminals");
        fault.put("fired", 3).put("duration_ms", 1_500);
        fault.putObject("twin").put("clean", true).put("words", "EV-02 held");
        ObjectNode judged = fault.putArray("requirements").addObject();
        judged.put("id", "EV-02").put("level", "MUST").put("text", "Exactly one terminal event.");
        judged.put("fragment", "terminal")
                .put("verdict", killed ? "broken" : "held")
                .put("named", killed);
        judged.putArray("findings");
        if (killed) {
            finding(fault, "exactly one terminal event", "two, the second at byte 88");
        }
        count();
        return fault;
    }

    static void tooth(ObjectNode fault, String requirement, String phrase) {
        fault.withArray("teeth").addObject().put("requirement", requirement).put("phrase", phrase);
    }

    static void models(ObjectNode fault, String id, String bug, String source) {
        fault.withArray("bugs").addObject().put("id", id).put("bug", bug).put("source", source);
    }

    static ObjectNode finding(ObjectNode fault, String expected, String actual) {
        ObjectNode finding =
                ((ObjectNode) fault.at("/requirements/0")).withArray("findings").addObject();
        finding.put("scenario", "event-order/order.feature:12").put("name", "One terminal event");
        finding.put("expected", expected).put("actual", actual);
        finding.putArray("evidence").add("faults/two-terminals/evidence/order-12/1-execute.txt");
        return finding;
    }

    ObjectNode innocent(String id, String outcome) {
        ObjectNode innocent = list("innocents").addObject();
        innocent.put("id", id).put("what", "Lines end with CR alone.").put("source", "WHATWG HTML, 9.2.6");
        innocent.put("layer", "wire")
                .put("selection", "EV,TX")
                .put("dialect", "native")
                .put("rounds", 5);
        innocent.put("requirements_judged", 17).put("outcome", outcome);
        innocent.put("reason", outcome.equals("void") ? "The proxy changed nothing." : "");
        innocent.put("fired", 230).put("duration_ms", 21_000).putArray("alarms");
        if (outcome.equals("false_alarm")) {
            ObjectNode alarm = innocent.withArray("alarms").addObject();
            alarm.put("id", "EV-06")
                    .put("round", 2)
                    .put("expected", "a blank line")
                    .put("actual", "CR CR at 88");
            alarm.put("scenario", "event-order/frames.feature:9").put("name", "Frames are well formed");
        }
        count();
        return innocent;
    }

    /** A way to break {@code EV-02}, with the faults that show it. */
    ObjectNode phrase(String phrase, boolean killed, String unseen, String... faults) {
        if (list("ledger").isEmpty()) {
            list("ledger").addObject().put("id", "EV-02").put("level", "MUST").putArray("phrases");
        }
        ObjectNode entry = ((ArrayNode) root.at("/ledger/0/phrases")).addObject();
        entry.put("phrase", phrase).put("killed", killed).put("unseen", unseen);
        ArrayNode ids = entry.putArray("faults");
        for (String fault : faults) {
            ids.add(fault);
        }
        return entry;
    }

    ObjectNode bug(String id, boolean killed, String unseen, String... faults) {
        ObjectNode bug = list("bugs").addObject();
        bug.put("id", id).put("area", "exactly one terminal").put("bug", "`finish_reason` comes twice");
        bug.put("source", "https://github.com/some/server/issues/482")
                .put("killed", killed)
                .put("unseen", unseen);
        ArrayNode ids = bug.putArray("faults");
        for (String fault : faults) {
            ids.add(fault);
        }
        return bug;
    }

    void unseen(String kind, String id, String phrase, String why) {
        list("unseen")
                .addObject()
                .put("kind", kind)
                .put("id", id)
                .put("phrase", phrase)
                .put("why", why);
    }

    private void count() {
        ObjectNode totals = root.putObject("totals");
        totals.put("faults", list("faults").size()).put("killed", count("faults", "killed"));
        totals.put("survived", count("faults", "survived")).put("void", count("faults", "void"));
        totals.put("innocents", list("innocents").size()).put("quiet", count("innocents", "quiet"));
        totals.put("false_alarms", count("innocents", "false_alarm"));
        totals.put("innocents_void", count("innocents", "void"));
    }

    private int count(String list, String outcome) {
        return (int) list(list).findValuesAsText("outcome").stream()
                .filter(outcome::equals)
                .count();
    }

    /** Writes the file into that directory and gives the page. */
    String render(Path directory) throws IOException {
        // a lone surrogate can stand in a file only as an escape
        Files.writeString(directory.resolve("teeth.json"), ASCII.writeValueAsString(root));
        return Files.readString(new TeethReport().render(directory));
    }
}
