package dev.touchstone.worker.model.chat;

/** A conversation that the model's template cannot be applied to. The message is one sentence, safe to show to anyone. */
public final class ChatTemplateException extends Exception {
    ChatTemplateException(String message) {
        super(message, null, false, false);
    }
}
