package dev.touchstone.worker.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.worker.http.ContextLimit;
import dev.touchstone.worker.http.Fields;
import dev.touchstone.worker.http.RefusedRequest;
import dev.touchstone.worker.model.chat.ChatMessage;
import dev.touchstone.worker.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads {@code messages}: content as a string or as text parts, which are joined without anything between. */
final class ChatMessages {
    private static final int MAX_MESSAGES = 4096;
    private static final Map<String, String> ROLES =
            Map.of("system", "system", "developer", "system", "user", "user", "assistant", "assistant");
    private static final Set<String> OWN = Set.of("role", "content");

    private final ContextLimit limit;

    ChatMessages(ContextLimit limit) {
        this.limit = limit;
    }

    List<ChatMessage> read(JsonNode node) throws RefusedRequest {
        if (!node.isArray() || node.isEmpty() || node.size() > MAX_MESSAGES) {
            throw RefusedRequest.invalid(
                    "messages", "messages must be an array of 1 to " + MAX_MESSAGES + " messages.");
        }
        List<ChatMessage> messages = new ArrayList<>();
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < node.size(); i++) {
            ChatMessage message = message("messages[" + i + "]", node.get(i));
            messages.add(message);
            all.append(message.content());
        }
        limit.checkCharacters("messages", all.toString());
        Fields.checkText("messages", all.toString(), 0, limit.maxPromptCharacters());
        if (all.indexOf(String.valueOf(Tokenizer.GUARD)) >= 0) {
            throw RefusedRequest.invalid("messages", "messages must not hold the noncharacter U+FDD0.");
        }
        return messages;
    }

    private static ChatMessage message(String at, JsonNode node) throws RefusedRequest {
        if (!node.isObject()) {
            throw RefusedRequest.invalid(at, at + " must be an object with role and content.");
        }
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            boolean nothing = field.getValue().isNull()
                    || (field.getValue().isArray() && field.getValue().isEmpty());
            if (!OWN.contains(field.getKey()) && !nothing) {
                throw new UnsupportedField(at, "a message has a role and a content, and no other field");
            }
        }
        String role = ROLES.get(node.path("role").asText());
        if (role == null) {
            throw RefusedRequest.invalid(at + ".role", at + ".role must be system, developer, user or assistant.");
        }
        return new ChatMessage(role, content(at + ".content", node.path("content")));
    }

    private static String content(String at, JsonNode node) throws RefusedRequest {
        if (node.isTextual()) {
            return node.asText();
        }
        String rule = at + " must be a string or an array of parts {\"type\":\"text\",\"text\":…}.";
        if (!node.isArray() || node.isEmpty()) {
            throw RefusedRequest.invalid(at, rule);
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : node) {
            if (part.size() != 2
                    || !part.path("type").asText().equals("text")
                    || !part.path("text").isTextual()) {
                throw RefusedRequest.invalid(at, rule);
            }
            text.append(part.path("text").asText());
        }
        return text.toString();
    }
}
