package dev.touchstone.features.teeth.wire;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Event streams that the WHATWG HTML standard (9.2 Server-sent events) allows, written as few servers write them. */
final class FramingOddities {

    private static final String HEARTBEAT = "event: heartbeat\ndata: {\"at\":1}\n\n";

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            Map.entry("crlf-line-ends", () -> streams(text -> text.replace("\n", "\r\n"))),
            Map.entry("cr-line-ends", () -> streams(text -> text.replace("\n", "\r"))),
            Map.entry("mixed-line-ends", () -> mixed()),
            Map.entry("bom-at-the-start", () -> firstFrame(text -> "\ufeff" + text)),
            Map.entry("comments-between-frames", () -> streams(text -> ": ping\n\n" + text + ":\n\n: 17\n\n")),
            Map.entry("comments-inside-frames", () -> streams(text -> ": a comment: with colons\n" + text)),
            Map.entry("no-space-after-the-colon", () -> streams(text -> text.replaceAll("(?m)^(event|data): ", "$1:"))),
            Map.entry("data-before-event", () -> streams(FramingOddities::dataFirst)),
            Map.entry("several-data-lines", () -> streams(FramingOddities::severalDataLines)),
            Map.entry("unknown-fields", () -> streams(text -> "x-trace: 17\nid: 5\nretry: 3000\nlonely\n" + text)),
            Map.entry(
                    "unknown-events", () -> streams(text -> Frame.parse(text).isTerminal() ? text : text + HEARTBEAT)),
            Map.entry("many-blank-lines", () -> streams(text -> "\n\n" + text + "\n")),
            Map.entry(
                    "event-field-twice",
                    () -> streams(text -> text.replaceFirst("(?m)^event: ", "event: nothing\nevent: "))));

    private FramingOddities() {}

    private static TrafficChange streams(UnaryOperator<String> change) {
        return OddAnswer.plain().only(ClientRequest::asksForText).framed(change);
    }

    private static TrafficChange mixed() {
        return OddAnswer.plain().only(ClientRequest::asksForText).framedByStream(() -> {
            AtomicInteger frames = new AtomicInteger();
            return text -> switch (frames.getAndIncrement() % 3) {
                case 0 -> text.replace("\n", "\r\n");
                case 1 -> text;
                default -> text.replace("\n", "\r");
            };
        });
    }

    private static TrafficChange firstFrame(UnaryOperator<String> change) {
        return OddAnswer.plain().only(ClientRequest::asksForText).framedByStream(() -> {
            AtomicInteger frames = new AtomicInteger();
            return text -> frames.getAndIncrement() == 0 ? change.apply(text) : text;
        });
    }

    private static String dataFirst(String text) {
        String[] lines = text.split("\n");
        return lines.length == 2 && lines[0].startsWith("event:") ? lines[1] + "\n" + lines[0] + "\n\n" : text;
    }

    /** Line ends are white space between the tokens of JSON (RFC 8259, section 2). */
    private static String severalDataLines(String text) {
        return Arrays.stream(text.split("\n"))
                        .map(line -> line.startsWith("data: {") ? line.replaceFirst("\\{", "{\ndata: ") + "" : line)
                        .map(line -> line.startsWith("data: {\n")
                                ? line.substring(0, line.length() - 1) + "\ndata: }"
                                : line)
                        .collect(Collectors.joining("\n"))
                + "\n\n";
    }
}
