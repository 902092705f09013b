package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.ResponseHead;
import dev.touchstone.harness.verdict.Verdict;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Judges EV-01: status and headers of a stream. */
public final class StreamHead {
    private static final String RULE = "EV-01";

    private StreamHead() {}

    public static Verdict judge(Exchange exchange) {
        var findings = new Findings(RULE);
        if (exchange.head().isEmpty()) {
            return findings.add("a response", Shown.answer(exchange)).broken();
        }
        ResponseHead head = exchange.head().get();
        if (head.status() != 200) {
            findings.add("status 200", Shown.answer(exchange));
        }
        contentType(head, findings);
        if (!OpenAiReading.applies(exchange)) {
            // The OpenAI dialect says nothing of caches.
            caching(head, findings);
        }
        return findings.orHeld("status 200, Content-Type %s, Cache-Control %s"
                .formatted(
                        head.header("Content-Type").orElse(""),
                        head.header("Cache-Control").orElse("absent")));
    }

    private static void contentType(ResponseHead head, Findings findings) {
        String value = head.header("Content-Type").orElse("absent");
        List<String> parts = split(value, ";");
        if (!parts.getFirst().equals("text/event-stream")) {
            findings.add("Content-Type text/event-stream", "it was " + value);
        }
        parts.stream()
                .filter(p -> p.startsWith("charset"))
                .filter(p -> !p.replace("\"", "").replace(" ", "").equals("charset=utf-8"))
                .forEach(p -> findings.add("charset utf-8 or none", "it was " + value));
    }

    private static void caching(ResponseHead head, Findings findings) {
        String value = head.header("Cache-Control").orElse("absent");
        List<String> directives = split(value, ",");
        if (!directives.contains("no-store") && !directives.contains("no-cache")) {
            findings.add("Cache-Control no-store or no-cache", "it was " + value);
        }
    }

    private static List<String> split(String value, String separator) {
        return Arrays.stream(value.toLowerCase(Locale.ROOT).split(separator, -1))
                .map(String::strip)
                .toList();
    }
}
