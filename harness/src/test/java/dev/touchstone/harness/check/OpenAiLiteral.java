package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Chunk;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.RequestRecord;
import dev.touchstone.harness.transcript.ResponseHead;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Answers of the OpenAI dialect, written out by hand; each frame arrives in a read of its own, a millisecond apart. */
final class OpenAiLiteral {
    static final String DONE = "data: [DONE]\n\n";

    private OpenAiLiteral() {}

    static String chunk(String text, String finish) {
        return chunk("cmpl-1", text, finish);
    }

    static String chunk(String id, String text, String finish) {
        return ("data: {\"id\":\"%s\",\"object\":\"text_completion\",\"created\":1,\"model\":\"m\",\"choices\":"
                        + "[{\"index\":0,\"text\":\"%s\",\"finish_reason\":%s}]}\n\n")
                .formatted(id, text, finish.equals("null") ? "null" : '"' + finish + '"');
    }

    static String delta(String delta, String finish) {
        return ("data: {\"id\":\"chat-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":"
                        + "[{\"index\":0,\"delta\":{%s},\"finish_reason\":%s}],\"extra\":true}\n\n")
                .formatted(delta, finish.equals("null") ? "null" : '"' + finish + '"');
    }

    static String usage(int in, int out, int total) {
        return ("data: {\"id\":\"cmpl-1\",\"object\":\"text_completion\",\"created\":1,\"model\":\"m\",\"choices\":[],"
                        + "\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d,\"total_tokens\":%d}}\n\n")
                .formatted(in, out, total);
    }

    static Generation streamed(int maxTokens, String body) {
        return streamed(maxTokens, body, new BodyEnd.Complete(frames(body).size() * 1_000_000L));
    }

    static Generation streamed(int maxTokens, String body, BodyEnd end) {
        return Generation.of(exchange(
                "/v1/completions",
                200,
                "text/event-stream",
                "{\"model\":\"m\",\"prompt\":\"p\",\"max_tokens\":%d,\"stream\":true}".formatted(maxTokens),
                body,
                end));
    }

    static Generation whole(int maxTokens, String text, String finish, int in, int out, int total) {
        String body = ("{\"id\":\"cmpl-2\",\"object\":\"text_completion\",\"created\":1,\"model\":\"m\",\"choices\":"
                        + "[{\"index\":0,\"text\":\"%s\",\"finish_reason\":\"%s\"}],"
                        + "\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d,\"total_tokens\":%d}}")
                .formatted(text, finish, in, out, total);
        return Generation.of(exchange(
                "/v1/completions",
                200,
                "application/json",
                "{\"model\":\"m\",\"prompt\":\"p\",\"max_tokens\":%d}".formatted(maxTokens),
                body,
                new BodyEnd.Complete(1_000_000)));
    }

    /** A chat of these messages' words, answered by this text after that many tokens of prompt. */
    static Generation chat(String text, int tokensIn) {
        String body = delta("\"role\":\"assistant\",\"content\":\"\"", "null")
                + delta("\"content\":\"" + text + '"', "null")
                + delta("", "stop")
                + usage(tokensIn, 3, tokensIn + 3)
                        .replace("cmpl-1", "chat-1")
                        .replace("text_completion", "chat.completion.chunk")
                + DONE;
        return Generation.of(exchange(
                "/v1/chat/completions",
                200,
                "text/event-stream",
                "{\"model\":\"m\",\"messages\":[],\"max_tokens\":9,\"stream\":true}",
                body,
                new BodyEnd.Complete(9_000_000)));
    }

    static Exchange json(int status, String body) {
        return exchange("/v1/completions", status, "application/json", "{}", body, new BodyEnd.Complete(1_000_000));
    }

    static Exchange exchange(String path, int status, String type, String request, String body, BodyEnd end) {
        var record = new RequestRecord(
                "POST", "http://worker" + path, List.of(), request.getBytes(StandardCharsets.UTF_8), Literal.SENT);
        var head = new ResponseHead("http/1.1", status, List.of(Map.entry("Content-Type", type)), 500_000);
        List<Chunk> chunks = new ArrayList<>();
        long offset = 0;
        for (String frame : frames(body)) {
            byte[] bytes = frame.getBytes(StandardCharsets.UTF_8);
            chunks.add(new Chunk(offset, bytes, (chunks.size() + 1) * 1_000_000L, chunks.size() + 1));
            offset += bytes.length;
        }
        return new Exchange(1, "literal", record, Optional.of(head), chunks, end);
    }

    private static List<String> frames(String body) {
        return List.of(body.split("(?<=\n\n)"));
    }
}
