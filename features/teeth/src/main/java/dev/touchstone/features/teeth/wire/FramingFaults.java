package dev.touchstone.features.teeth.wire;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Streams whose bytes are not those of server-sent events. */
final class FramingFaults {

    private static final int ONE = 5;

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            Map.entry("blank-line-missing", () -> one(FramingFaults::withoutBlankLine)),
            Map.entry("openai-blank-line-missing", () -> one(FramingFaults::withoutBlankLine)),
            Map.entry("last-blank-line-missing", () -> Streams.terminals(FramingFaults::withoutBlankLine)),
            Map.entry("openai-last-blank-line-missing", () -> Streams.terminals(FramingFaults::withoutBlankLine)),
            Map.entry("newline-raw-in-data", FramingFaults::rawNewlines),
            Map.entry("openai-newline-raw-in-data", FramingFaults::rawNewlines),
            Map.entry("data-as-python-repr", () -> one(f -> as(f, f.text().replace('"', '\'')))),
            Map.entry("data-with-nan", () -> Streams.terminals(FramingFaults::notANumber)),
            Map.entry("data-with-two-objects", () -> one(f -> List.of(Frame.of(f.event(), f.data() + f.data())))),
            Map.entry("data-as-string", () -> one(f -> List.of(Frame.of(f.event(), "\"" + ONE + "\"")))),
            Map.entry("data-field-missing", () -> one(f -> as(f, "event: " + f.event() + "\n\n"))),
            Map.entry("byte-order-mark-in-mid-stream", () -> one(f -> as(f, "\ufeff" + f.text()))),
            Map.entry("cr-cr-lf", () -> Streams.texts(n -> true, f -> as(f, lines(f, "\r\r\n")))),
            Map.entry("error-folded-into-partial-event", FramingFaults::foldedError));

    private FramingFaults() {}

    private static TrafficChange one(Function<Frame, List<Frame>> change) {
        return Streams.texts(n -> n == ONE, change);
    }

    private static List<Frame> as(Frame frame, String text) {
        return List.of(frame.writtenAs(text));
    }

    private static String lines(Frame frame, String end) {
        return frame.text().replace("\n", end);
    }

    private static List<Frame> withoutBlankLine(Frame frame) {
        return as(frame, frame.text().substring(0, frame.text().length() - 1));
    }

    /** The text is put between two quotes, and nothing in it is escaped. */
    private static TrafficChange rawNewlines() {
        UnaryOperator<String> raw = text -> text.replace("\\n", "\n");
        return Streams.changed(() -> (frame, fired) -> {
            if (!TextFrame.isOne(frame) || !frame.data().contains("\\n")) {
                return List.of(frame);
            }
            fired.run();
            return as(frame, raw.apply(frame.text()));
        });
    }

    /** A division by a time of zero, written as most JSON writers do by default. */
    private static List<Frame> notANumber(Frame terminal) {
        return List.of(Frame.of(
                terminal.event(),
                terminal.data().replaceFirst("\"decode_time_ms\":[0-9.eE+-]+", "\"decode_time_ms\":NaN")));
    }

    /** The generation fails in the middle of a frame, and its error is written right behind. */
    private static TrafficChange foldedError() {
        return Streams.changed(() -> (frame, fired) -> {
            if (!frame.is("error")) {
                return List.of(frame);
            }
            fired.run();
            return List.of(frame.writtenAs("event: token\ndata: {\"t\":\" th\n" + frame.text()));
        });
    }
}
