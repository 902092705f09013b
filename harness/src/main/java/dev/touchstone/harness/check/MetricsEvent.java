package dev.touchstone.harness.check;

import dev.touchstone.harness.sse.SseEvent;
import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.Optional;

/** Judges EV-08: a metrics event stands between started and the terminal event. */
public final class MetricsEvent {
    private static final String RULE = "EV-08";

    private MetricsEvent() {}

    public static Verdict judge(Generation generation) {
        var findings = new Findings(RULE);
        if (!generation.ended()) {
            return findings.orInconclusive("the generation did not end: " + generation.outcome());
        }
        List<SseEvent> events = generation.stream().events();
        int started = index(events, generation.first("started"));
        int terminal = index(events, generation.terminal());
        int seen = 0;
        for (int n = 0; n < events.size(); n++) {
            SseEvent event = events.get(n);
            if (!event.type().equals("metrics")) {
                continue;
            }
            seen++;
            if (started < 0 || n < started) {
                findings.at(event, "metrics after started", "it came before started");
            } else if (n > terminal) {
                findings.at(event, "metrics before the terminal event", "it came after it");
            }
            if (Fields.of(event.data()).isEmpty()) {
                findings.at(event, "metrics with one JSON object", "its data was " + Shown.brief(event.data()));
            }
        }
        return seen == 0
                ? new Verdict.Unsupported(RULE, "the worker sends no metrics event, which it need not")
                : findings.orHeld("%d metrics events, in their place".formatted(seen));
    }

    private static int index(List<SseEvent> events, Optional<SseEvent> event) {
        return event.map(events::indexOf).orElse(-1);
    }
}
