package dev.touchstone.harness.check;

import dev.touchstone.harness.sse.SseReader;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Chunk;
import dev.touchstone.harness.transcript.Exchange;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SseFramingTest {

    @Test
    void notesThatAnotherReaderPartsWithoutBreakingThePromise() {
        Verdicts.held(
                SseFraming.judge(withSurrogate("{\"t\":\"?\"}")), "2 frames", "readers part: Event 2, at byte 28,");
    }

    @Test
    void tellsOfAnotherReaderBesideWhatIsBroken() {
        Verdicts.broken(SseFraming.judge(withSurrogate("?")), "EV-06", "one JSON object");
        Verdicts.broken(SseFraming.judge(withSurrogate("?")), "EV-06", "okhttp-sse", "Event 2, at byte 28,");
    }

    /** A good event and one whose question mark is an encoded surrogate, which okhttp-sse replaces in its own way. */
    private static Generation withSurrogate(String data) {
        String text = "event: token\ndata: {\"i\":0}\n\nevent: token\ndata: " + data + "\n\n";
        byte[] bytes = text.replace("?", "\u00ed\u00a0\u0080").getBytes(StandardCharsets.ISO_8859_1);
        Exchange literal = Literal.stream(Literal.REQUEST, "", new BodyEnd.Complete(1));
        var exchange = new Exchange(
                1, "literal", literal.request(), literal.head(), List.of(new Chunk(0, bytes, 1, 1)), literal.end());
        return new Generation(exchange, SseReader.read(exchange));
    }
}
