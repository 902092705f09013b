package dev.touchstone.features.steps;

import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.target.GenerationRequest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Requests, byte by byte, that no HTTP client would form. */
record HostileBytes(World world) {
    private static final String PROMPT = "one two three four one two three";
    private static final String JSON = "Content-Type: application/json";
    private static final String CHUNKED = "Transfer-Encoding: chunked";
    private static final int PIECE = 64 * 1024;
    private static final int FALSE_LENGTH = 20;

    byte[] halfAHead() {
        byte[] whole = post(List.of(JSON, "Content-Length: 1000"), "");
        return Arrays.copyOf(whole, whole.length - 2); // without the empty line
    }

    byte[] halfABody() {
        return post(List.of(JSON, "Content-Length: 1000"), "{\"job_id\":");
    }

    List<Flood> floods(long whole) {
        byte[] letters = "a".repeat(PIECE).getBytes(StandardCharsets.US_ASCII);
        byte[] chunk = HostileSteps.ascii(Integer.toHexString(PIECE) + "\r\n" + "a".repeat(PIECE) + "\r\n");
        String begin = "{\"job_id\":\"flood\",\"prompt\":\"";
        return List.of(
                new Flood(
                        "of its true length",
                        post(List.of(JSON, "Content-Length: " + whole), begin),
                        letters,
                        PIECE,
                        false),
                new Flood(
                        "in chunks",
                        post(List.of(JSON, CHUNKED), "%x\r\n%s\r\n".formatted(begin.length(), begin)),
                        chunk,
                        PIECE,
                        false),
                new Flood(
                        "behind a false length",
                        post(List.of(JSON, "Content-Length: " + FALSE_LENGTH), begin),
                        letters,
                        PIECE,
                        true));
    }

    /** By what is ambiguous; a lenient reader would find a valid request in each. */
    Map<String, byte[]> ambiguous() {
        String hidden = "GET " + world.target().healthPath().orElse("/v1/models") + " HTTP/1.1\r\nHost: hidden\r\n\r\n";
        String json = json();
        int length = json.length();
        String chunks = "%x\r\n%s\r\n0\r\n\r\n".formatted(length, json);
        Map<String, byte[]> requests = new LinkedHashMap<>();
        requests.put(
                "both Content-Length and Transfer-Encoding",
                post(List.of(JSON, "Content-Length: " + chunks.length(), CHUNKED), chunks + hidden));
        requests.put(
                "a Content-Length that ends before its chunks do",
                post(List.of(JSON, CHUNKED, "Content-Length: 4"), chunks + hidden));
        String padded = json + " ".repeat(8);
        requests.put(
                "two different Content-Length values",
                post(List.of(JSON, "Content-Length: " + length, "Content-Length: " + (length + 8)), padded + hidden));
        requests.put(
                "two different Content-Length values in one line",
                post(List.of(JSON, "Content-Length: %d, %d".formatted(length, length + 8)), padded + hidden));
        requests.put(
                "a malformed chunk size",
                post(List.of(JSON, CHUNKED), "%xzz\r\n%s\r\n0\r\n\r\n".formatted(length, json) + hidden));
        requests.put(
                "a chunk size with a sign",
                post(List.of(JSON, CHUNKED), "+%x\r\n%s\r\n0\r\n\r\n".formatted(length, json) + hidden));
        requests.put(
                "a header line without a colon",
                post(List.of(JSON, "X-No-Colon", "Content-Length: " + length), json + hidden));
        requests.put(
                "a folded header line",
                post(List.of(JSON, "X-Folded: one", " two", "Content-Length: " + length), json + hidden));
        return requests;
    }

    private String json() {
        Call call = world.wire().call("ambiguous", GenerationRequest.greedy(world.newJobId(), PROMPT, 1));
        return new String(call.body(), StandardCharsets.UTF_8);
    }

    private byte[] post(List<String> lines, String body) {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(world.raw().bytes("POST", world.wire().path(), lines, HostileSteps.ascii(body)));
        return bytes.toByteArray();
    }
}
