package dev.touchstone.harness.check;

import dev.touchstone.harness.sse.SecondOpinion;
import dev.touchstone.harness.sse.SseEvent;
import dev.touchstone.harness.sse.SseFinding;
import dev.touchstone.harness.sse.SseRule;
import dev.touchstone.harness.verdict.Finding;
import dev.touchstone.harness.verdict.Verdict;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Judges EV-06: well-formed SSE as the WHATWG HTML standard, section 9.2.6, defines it, with one JSON object an event.
 * Unknown fields and events of other names are legal; bytes that are no UTF-8 are TX-01's concern.
 */
public final class SseFraming {
    private static final String RULE = "EV-06";
    /** {@code message} is the standard's name of an event without one. */
    private static final Set<String> JUDGED = Set.of("started", "token", "metrics", "end", "error", "message");

    private static final Map<SseRule, String> EXPECTED = new EnumMap<>(Map.of(
            SseRule.UNTERMINATED_EVENT, "a blank line after the last event",
            SseRule.BOM_IN_MID_STREAM, "a byte order mark only at the very start",
            SseRule.STRAY_CARRIAGE_RETURN, "lines that end with CR, LF or CRLF, not CR CR LF",
            SseRule.EVENT_WITHOUT_DATA, "event and data fields in every frame"));

    private SseFraming() {}

    public static Verdict judge(Generation generation) {
        var findings = new Findings(RULE);
        for (SseFinding found : generation.stream().findings()) {
            if (EXPECTED.containsKey(found.rule())) {
                findings.add(Finding.at(found.byteOffset(), EXPECTED.get(found.rule()), "there was " + found.detail()));
            }
        }
        var events = generation.stream().events();
        for (SseEvent event : events) {
            boolean done = generation.isOpenAi() && event.data().strip().equals(OpenAiReading.DONE);
            if (!done
                    && JUDGED.contains(event.type())
                    && Fields.of(event.data()).isEmpty()) {
                findings.at(
                        event,
                        "the data of one event to be one JSON object",
                        "the data of %s was %s".formatted(event.type(), Shown.brief(event.data())));
            }
        }
        if (events.isEmpty()) {
            findings.add("an event stream", "no event came: " + generation.outcome());
        }
        return verdict(findings, generation);
    }

    private static Verdict verdict(Findings findings, Generation generation) {
        // A note for whoever doubts the verdict; a second reader's opinion alone breaks nothing.
        Optional<String> parting = SecondOpinion.disagreement(generation.exchange());
        if (!findings.none()) {
            parting.ifPresent(sentence -> findings.add("okhttp-sse to read the same events", sentence));
        }
        return findings.orHeld("%d frames in %d bytes, %d comment lines%s"
                .formatted(
                        generation.stream().events().size(),
                        generation.exchange().body().length,
                        generation.stream().comments(),
                        parting.map(sentence -> "; readers part: " + sentence).orElse("")));
    }
}
