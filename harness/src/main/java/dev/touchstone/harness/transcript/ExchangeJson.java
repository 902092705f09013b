package dev.touchstone.harness.transcript;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.harness.json.MalformedEvidence;
import dev.touchstone.harness.json.StrictNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes an exchange as JSON and reads it back, byte for byte and nanosecond for nanosecond. The form is stated in
 * docs/results.md, "kept.json". Nothing is redacted here: see {@link Redaction#exchange}.
 */
public final class ExchangeJson {

    private ExchangeJson() {}

    public static ObjectNode write(Exchange exchange) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("number", exchange.number()).put("label", exchange.label());
        RequestRecord request = exchange.request();
        ObjectNode sent = node.putObject("request");
        sent.put("method", request.method()).put("url", request.url());
        headers(sent.putArray("headers"), request.headers());
        bytes(sent, "body", request.body());
        sent.put("sent_at", request.sentAt().toString());
        exchange.head().ifPresent(head -> {
            ObjectNode received = node.putObject("head");
            received.put("protocol", head.protocol()).put("status", head.status());
            headers(received.putArray("headers"), head.headers());
            received.put("nanos", head.nanos());
        });
        bytes(node, "body", exchange.body());
        ArrayNode chunks = node.putArray("chunks");
        exchange.chunks()
                .forEach(c -> chunks.addArray()
                        .add(c.offset())
                        .add(c.bytes().length)
                        .add(c.nanos())
                        .add(c.read()));
        end(node.putObject("end"), exchange.end());
        return node;
    }

    /** @throws MalformedEvidence where it is no exchange */
    public static Exchange read(StrictNode node) {
        StrictNode sent = node.get("request");
        RequestRecord request = new RequestRecord(
                sent.text("method"),
                sent.text("url"),
                headers(sent),
                BytesJson.read(sent.get("body")),
                instant(sent.get("sent_at")));
        Optional<ResponseHead> head = node.find("head")
                .map(h -> new ResponseHead(h.text("protocol"), h.number("status"), headers(h), h.integer("nanos")));
        return new Exchange(
                node.number("number"), node.text("label"), request, head, chunks(node), end(node.get("end")));
    }

    private static void headers(ArrayNode array, List<Map.Entry<String, String>> headers) {
        headers.forEach(h -> array.addArray().add(h.getKey()).add(h.getValue()));
    }

    private static List<Map.Entry<String, String>> headers(StrictNode of) {
        return of.list("headers").stream()
                .map(pair -> {
                    List<StrictNode> both = pair.list();
                    if (both.size() != 2) {
                        throw new MalformedEvidence(pair.where() + " is no pair of name and value");
                    }
                    return Map.entry(both.get(0).text(), both.get(1).text());
                })
                .toList();
    }

    private static void bytes(ObjectNode node, String name, byte[] bytes) {
        node.set(name, BytesJson.write(bytes));
    }

    private static List<Chunk> chunks(StrictNode node) {
        byte[] body = BytesJson.read(node.get("body"));
        List<Chunk> chunks = new ArrayList<>();
        int at = 0;
        for (StrictNode chunk : node.list("chunks")) {
            List<StrictNode> four = chunk.list();
            int length = four.size() == 4 ? four.get(1).number() : -1;
            if (length < 0 || length > body.length - at) {
                throw new MalformedEvidence(chunk.where() + " does not fit the body");
            }
            chunks.add(new Chunk(
                    four.get(0).integer(),
                    Arrays.copyOfRange(body, at, at + length),
                    four.get(2).integer(),
                    four.get(3).number()));
            at += length;
        }
        if (at != body.length) {
            throw new MalformedEvidence(node.where() + ".chunks hold " + at + " bytes of a body of " + body.length);
        }
        return chunks;
    }

    private static void end(ObjectNode node, BodyEnd end) {
        switch (end) {
            case BodyEnd.Complete _ -> node.put("kind", "complete");
            case BodyEnd.Cut cut -> node.put("kind", "cut").put("reason", cut.reason());
            case BodyEnd.TimedOut _ -> node.put("kind", "timed_out");
            case BodyEnd.Abandoned _ -> node.put("kind", "abandoned");
            case BodyEnd.TooLarge large -> node.put("kind", "too_large").put("limit", large.limit());
        }
        node.put("nanos", end.nanos());
    }

    private static BodyEnd end(StrictNode node) {
        long nanos = node.integer("nanos");
        return switch (node.text("kind")) {
            case "complete" -> new BodyEnd.Complete(nanos);
            case "cut" -> new BodyEnd.Cut(nanos, node.text("reason"));
            case "timed_out" -> new BodyEnd.TimedOut(nanos);
            case "abandoned" -> new BodyEnd.Abandoned(nanos);
            case "too_large" -> new BodyEnd.TooLarge(nanos, node.integer("limit"));
            default -> throw new MalformedEvidence(node.where() + ".kind is '" + node.text("kind") + "'");
        };
    }

    private static Instant instant(StrictNode node) {
        try {
            return Instant.parse(node.text());
        } catch (DateTimeException e) {
            throw new MalformedEvidence(node.where() + " is '" + node.text() + "', which is no time");
        }
    }
}
