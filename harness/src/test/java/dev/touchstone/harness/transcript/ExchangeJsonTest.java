package dev.touchstone.harness.transcript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.harness.json.JsonDocument;
import dev.touchstone.harness.json.MalformedEvidence;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExchangeJsonTest {

    private static final String TOKEN = "s3cret\"tok\\en";
    private static final List<String> PIECES =
            List.of("data: {\"t\":\"🙂\"}\n\n", "é", "\uFEFF", "\r\n", "\u0000", TOKEN, "plain", "");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void readsBackWhatItWrote(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 50; i++) {
            Exchange exchange = exchange(random);
            Exchange again = roundTrip(exchange);
            assertThat(again).usingRecursiveComparison().isEqualTo(exchange);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24, 25, 26, 27, 28, 29, 30})
    void leavesNoTokenAndMovesOnlyWhatStandsBehindIt(long seed) {
        Random random = new Random(seed);
        Redaction redaction = new Redaction(Optional.of(TOKEN));
        for (int i = 0; i < 50; i++) {
            Exchange exchange = exchange(random);
            Exchange redacted = redaction.exchange(exchange);
            assertThat(new String(redacted.body(), StandardCharsets.ISO_8859_1))
                    .isEqualTo(new String(exchange.body(), StandardCharsets.ISO_8859_1).replace(TOKEN, Redaction.MARK));
            assertThat(redacted.chunks()).hasSameSizeAs(exchange.chunks());
            long offset = 0;
            for (int c = 0; c < redacted.chunks().size(); c++) {
                Chunk chunk = redacted.chunks().get(c);
                assertThat(chunk.offset()).isEqualTo(offset);
                assertThat(chunk.nanos()).isEqualTo(exchange.chunks().get(c).nanos());
                offset += chunk.bytes().length;
            }
            assertThat(redacted.request().url() + redacted.request().headers() + redacted.label())
                    .doesNotContain(TOKEN);
        }
    }

    @Test
    void refusesChunksThatDoNotFitTheBody() {
        String json = JsonDocument.text(ExchangeJson.write(exchange(new Random(5))), false);
        String damaged = json.replaceFirst("\"chunks\":\\[", "\"chunks\":[[0,99999,1,1],");
        assertThatThrownBy(() -> ExchangeJson.read(JsonDocument.read(damaged)))
                .isInstanceOf(MalformedEvidence.class)
                .hasMessageContaining("does not fit the body");
        assertThatThrownBy(() -> ExchangeJson.read(JsonDocument.read("{\"number\":\"x\"}")))
                .isInstanceOf(MalformedEvidence.class)
                .hasMessageContaining("lacks request");
        assertThatThrownBy(() -> JsonDocument.read("{\"number\":"))
                .isInstanceOf(MalformedEvidence.class)
                .hasMessageContaining("is not JSON");
        assertThatThrownBy(() -> JsonDocument.read("")).isInstanceOf(MalformedEvidence.class);
    }

    private static Exchange roundTrip(Exchange exchange) {
        byte[] file = JsonDocument.text(ExchangeJson.write(exchange), false).getBytes(StandardCharsets.UTF_8);
        return ExchangeJson.read(JsonDocument.read(new String(file, StandardCharsets.UTF_8)));
    }

    private static Exchange exchange(Random random) {
        byte[] body = bytes(random);
        List<Chunk> chunks = new ArrayList<>();
        int at = 0;
        while (at < body.length) {
            int length = Math.min(body.length > 1000 ? 9999 : 1 + random.nextInt(7), body.length - at);
            chunks.add(new Chunk(
                    at, java.util.Arrays.copyOfRange(body, at, at + length), random.nextLong(1L << 50), chunks.size()));
            at += length;
        }
        Optional<ResponseHead> head = random.nextInt(4) == 0
                ? Optional.empty()
                : Optional.of(new ResponseHead("http/1.1", 200, List.of(Map.entry("X-é", "v\uD83D")), 17));
        return new Exchange(
                random.nextInt(1000),
                "label \u0001 ",
                new RequestRecord(
                        "POST",
                        "http://127.0.0.1:1/execute?token=" + TOKEN,
                        List.of(Map.entry("Authorization", "Bearer " + TOKEN), Map.entry("A", "")),
                        bytes(random),
                        Instant.ofEpochSecond(1_795_000_000L, random.nextInt(1_000_000_000))),
                head,
                chunks,
                end(random));
    }

    private static BodyEnd end(Random random) {
        long nanos = random.nextLong(1L << 60);
        return switch (random.nextInt(5)) {
            case 0 -> new BodyEnd.Complete(nanos);
            case 1 -> new BodyEnd.Cut(nanos, "connection reset");
            case 2 -> new BodyEnd.TimedOut(nanos);
            case 3 -> new BodyEnd.Abandoned(nanos);
            default -> new BodyEnd.TooLarge(nanos, 12345678901L);
        };
    }

    private static byte[] bytes(Random random) {
        var out = new ByteArrayOutputStream();
        int pieces = random.nextInt(8);
        for (int i = 0; i < pieces; i++) {
            out.writeBytes(PIECES.get(random.nextInt(PIECES.size())).getBytes(StandardCharsets.UTF_8));
            if (random.nextInt(8) == 0) {
                out.write(0x80 + random.nextInt(128));
            }
        }
        if (random.nextInt(16) == 0) {
            out.writeBytes("x".repeat(70_000).getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }
}
