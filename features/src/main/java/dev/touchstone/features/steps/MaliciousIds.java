package dev.touchstone.features.steps;

import dev.touchstone.harness.check.JobIdSafety;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.target.GenerationRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Job ids that nobody should reflect, and such that only look strange. */
final class MaliciousIds {
    private static final int LONGEST = 128;
    private static final String PROMPT = "one two three four one two three";

    private MaliciousIds() {}

    /** By what is wrong with each. */
    static Map<String, String> all() {
        Map<String, String> ids = new LinkedHashMap<>();
        ids.put("with CR LF and a header", "a\r\n" + JobIdSafety.INJECTED + ": 1");
        ids.put("with LF and an event", "a\n\ndata: " + JobIdSafety.INJECTED + "\n\n");
        ids.put("with a lone CR", "a\r" + JobIdSafety.INJECTED);
        ids.put("with NUL", "a\u0000b");
        ids.put("with a bell", "a\u0007b");
        ids.put("with a tabulator", "a\tb");
        ids.put("with an escape sequence of a terminal", "a\u001b[2Jb");
        ids.put("with DEL", "a\u007fb");
        ids.put("of 129 characters", "a".repeat(LONGEST + 1));
        ids.put("of 64 KiB", "a".repeat(64 * 1024));
        return ids;
    }

    /** @param own that this run has not used */
    static List<String> oddButLegal(String own) {
        return List.of(
                (own + "-" + "x".repeat(LONGEST)).substring(0, LONGEST),
                own + "-\"quoted\\back/slash'",
                own + "-{\"t\":1}&<b>%0d%0a",
                own + "-:data:event:",
                own + "-jöb-春-🙂");
    }

    static Call call(String label, String id) {
        return Call.postJson(
                label, "/execute", GenerationRequest.greedy(id, PROMPT, 1).json());
    }
}
