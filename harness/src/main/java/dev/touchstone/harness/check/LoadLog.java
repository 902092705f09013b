package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Judges LI-01 where a worker is started well: its log tells how far the load is, and its options count. */
public final class LoadLog {
    private static final String RULE = "LI-01";
    private static final List<Integer> MARKS = List.of(0, 25, 50, 75, 100);
    /** {@code 25 %}, {@code percent="25"}, {@code "progress": 25}. */
    private static final Pattern PERCENT = Pattern.compile(
            "(?<![\\d.,])(\\d{1,3})(?:\\.0+)?\\s*(?:%|percent)|(?i:percent|progress|pct)\\w*[\"']?\\s*[=:]\\s*[\"']?(\\d{1,3})(?![\\d.])");

    private LoadLog() {}

    /** Judges what the worker wrote from its start to its first healthy answer. */
    public static Verdict progress(String log) {
        List<Integer> told = new ArrayList<>();
        PERCENT.matcher(log)
                .results()
                .map(m -> m.group(1) == null ? m.group(2) : m.group(1))
                .forEach(number -> told.add(Integer.parseInt(number)));
        int next = 0;
        for (int percent : told) {
            if (next < MARKS.size() && percent == MARKS.get(next)) {
                next++;
            }
        }
        var findings = new Findings(RULE);
        if (next < MARKS.size()) {
            findings.add(
                    "progress of the load in the log at 0, 25, 50, 75 and 100 %, in this order",
                    told.isEmpty() ? "no percentage was logged" : "logged was " + told);
        }
        return findings.orHeld("the log tells the load at 0, 25, 50, 75 and 100 %");
    }

    /** The verdict where a start with a good {@code --worker-id} failed; {@code why} is one sentence. */
    public static Verdict refused(String why) {
        return new Findings(RULE)
                .add("a start with --worker-id and a UUID", why)
                .broken();
    }

    /** Judges whether {@code --worker-id} counts, by what health says of a worker that was started with it. */
    public static Verdict workerId(String given, Exchange health) {
        Optional<String> told = Fields.of(health.bodyText()).flatMap(h -> h.string("worker_id"));
        var findings = new Findings(RULE);
        if (told.filter(id -> id.equalsIgnoreCase(given)).isEmpty()) {
            findings.add(
                    "worker_id %s, as --worker-id gave it".formatted(given),
                    told.map(id -> "it was " + Shown.quoted(id)).orElseGet(() -> Shown.answer(health)));
        }
        return findings.orHeld("health tells the worker_id that --worker-id gave");
    }
}
