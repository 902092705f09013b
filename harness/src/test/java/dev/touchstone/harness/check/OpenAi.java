package dev.touchstone.harness.check;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.RequestRecord;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Answers of the OpenAI dialect, as tests write them out. */
final class OpenAi {
    private static final JsonMapper JSON = new JsonMapper();

    private OpenAi() {}

    /** @param counted completion tokens of the usage; below 0 for no usage */
    static Generation streamed(String request, String text, String finish, int counted) {
        ObjectNode chunk = JSON.createObjectNode();
        chunk.putArray("choices").addObject().put("text", text).put("finish_reason", finish);
        if (counted >= 0) {
            chunk.putObject("usage").put("prompt_tokens", 3).put("completion_tokens", counted);
        }
        return answered(200, "text/event-stream", request, "data: " + chunk + "\n\ndata: [DONE]\n\n");
    }

    /** A chunk for each piece, the last with finish_reason length; no usage. */
    static Generation pieces(String request, String... pieces) {
        var body = new StringBuilder();
        for (int n = 0; n < pieces.length; n++) {
            ObjectNode chunk = JSON.createObjectNode();
            ObjectNode choice = chunk.putArray("choices").addObject().put("text", pieces[n]);
            if (n + 1 == pieces.length) {
                choice.put("finish_reason", "length");
            }
            body.append("data: ").append(chunk).append("\n\n");
        }
        return answered(200, "text/event-stream", request, body + "data: [DONE]\n\n");
    }

    static Generation whole(String request, String text, String finish) {
        ObjectNode answer = JSON.createObjectNode();
        answer.putArray("choices").addObject().put("text", text).put("finish_reason", finish);
        return answered(200, "application/json", request, answer.toString());
    }

    static Generation answered(int status, String type, String request, String body) {
        Exchange plain =
                Literal.exchange(status, Map.of("Content-Type", type), request, body, new BodyEnd.Complete(1_000_000));
        var record = new RequestRecord(
                "POST",
                "http://worker/v1/completions",
                List.of(),
                request.getBytes(StandardCharsets.UTF_8),
                Literal.SENT);
        return Generation.of(
                new Exchange(plain.number(), plain.label(), record, plain.head(), plain.chunks(), plain.end()));
    }
}
