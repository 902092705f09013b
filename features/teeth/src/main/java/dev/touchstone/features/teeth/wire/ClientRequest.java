package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A request as the client sent it. Immutable.
 *
 * @param target the request target, such as {@code /cancel?x=1}
 * @param body without any framing
 */
public record ClientRequest(String method, String target, List<HeaderLine> headers, byte[] body) {

    private static final ObjectMapper JSON = new ObjectMapper();

    public ClientRequest {
        headers = List.copyOf(headers);
    }

    /** The target without its query. */
    public String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    public boolean is(String someMethod, String path) {
        return method.equals(someMethod) && path().equals(path);
    }

    /** Whether it asks for a generation, in either dialect. */
    public boolean asksForText() {
        return is("POST", "/execute") || is("POST", "/v1/completions") || is("POST", "/v1/chat/completions");
    }

    /** The value of the first header of that name, in any case of letters. */
    public Optional<String> header(String name) {
        return headers.stream().filter(h -> h.is(name)).map(HeaderLine::value).findFirst();
    }

    /** The body where it is one JSON object. */
    public Optional<ObjectNode> json() {
        try {
            JsonNode node = JSON.readTree(new String(body, StandardCharsets.UTF_8));
            return node instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /** The same request with its JSON changed; the same where its body is no JSON object. */
    public ClientRequest edited(Consumer<ObjectNode> edit) {
        return json().map(object -> {
                    edit.accept(object);
                    return withBody(object.toString().getBytes(StandardCharsets.UTF_8));
                })
                .orElse(this);
    }

    /** The same request with another body; its length is told anew when it is sent. */
    public ClientRequest withBody(byte[] other) {
        return new ClientRequest(method, target, headers, other);
    }

    public ClientRequest withTarget(String other) {
        return new ClientRequest(method, other, headers, body);
    }
}
