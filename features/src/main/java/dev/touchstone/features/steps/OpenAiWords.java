package dev.touchstone.features.steps;

import dev.touchstone.harness.check.HonouredOrRefused.Wish;
import dev.touchstone.harness.client.OpenAiWire.Route;
import io.cucumber.java.ParameterType;

/** Words of the OpenAI dialect, as steps say them. Public because Cucumber makes it. */
public final class OpenAiWords {

    @ParameterType("completions|chat")
    public Route route(String word) {
        return word.equals("chat") ? Route.CHAT : Route.COMPLETIONS;
    }

    @ParameterType("two choices|logprobs|JSON object|tool call|few tokens")
    public Wish wish(String words) {
        return switch (words) {
            case "two choices" -> Wish.TWO_CHOICES;
            case "few tokens" -> Wish.FEW_TOKENS;
            case "logprobs" -> Wish.LOGPROBS;
            case "JSON object" -> Wish.JSON_OBJECT;
            default -> Wish.TOOL_CALL;
        };
    }
}
