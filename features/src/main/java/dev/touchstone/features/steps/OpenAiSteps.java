package dev.touchstone.features.steps;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.harness.check.ChunkForm;
import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.check.HonouredOrRefused;
import dev.touchstone.harness.check.HonouredOrRefused.Wish;
import dev.touchstone.harness.check.ModelList;
import dev.touchstone.harness.check.OpenAiError;
import dev.touchstone.harness.check.UsageAndText;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.OpenAiWire;
import dev.touchstone.harness.client.OpenAiWire.Route;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.transcript.Exchange;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The OpenAI-compatible routes: chunks, usage, errors. Public because Cucumber makes it. */
public final class OpenAiSteps {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String ANSWER = "answer";
    /** What models go on with up to the limit, so that what they generate can be counted. */
    private static final String PATTERN = "1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2";
    /** Answers of a worker that has no such route. */
    private static final Set<Integer> ABSENT = Set.of(404, 405, 501);

    private final World world;
    private final Asking asking;

    public OpenAiSteps(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
    }

    @When("the client asks {route} for {int} streamed tokens to continue:")
    public void streamed(Route route, int tokens, String prompt) throws InterruptedException {
        world.act(() -> asking.keep(send(wire(route).call("stream", greedy(prompt, tokens)))));
    }

    @Then("the chunks are those of one {word}, and [DONE] ends them")
    public void chunks(String object) {
        world.record(ChunkForm.judge(asking.latest(), object, asking.budgets().close()));
    }

    @When("the client asks {route} for {numbers} tokens, whole and streamed, to continue:")
    public void wholeAndStreamed(Route route, List<BigInteger> limits, String prompt) throws InterruptedException {
        world.act(() -> {
            OpenAiWire wire = wire(route);
            for (BigInteger limit : limits) {
                GenerationRequest request = greedy(prompt, limit.intValue());
                world.add("whole", send(wire.whole("whole", request)));
                world.add("again", send(wire.whole("whole again", request)));
                world.add("streamed", send(wire.call("stream", request)));
            }
        });
    }

    @Then("both give the same text, and usage that adds up")
    public void sameAndCounted() {
        List<Exchange> again = world.recallAll("again", Exchange.class);
        List<Exchange> streamed = world.recallAll("streamed", Exchange.class);
        List<UsageAndText.Trio> trios = new ArrayList<>();
        for (Exchange whole : world.recallAll("whole", Exchange.class)) {
            int n = trios.size();
            trios.add(new UsageAndText.Trio(
                    Generation.of(whole),
                    Generation.of(again.get(n)),
                    Generation.of(streamed.get(n)),
                    openAi().usage()));
        }
        world.record(UsageAndText.judge(trios));
    }

    @When("the client sends {route} a valid request but for {word}, which is:")
    public void invalid(Route route, String member, String json) throws InterruptedException {
        world.act(() -> {
            ObjectNode body = wire(route).body(greedy("one two three four one two three", 4), false);
            body.set(member, read(json));
            answered(Call.postJson("invalid " + member, route.path(), body.toString()));
        });
    }

    @When("the client sends {route} the body:")
    public void body(Route route, String body) throws InterruptedException {
        world.act(() -> answered(Call.postJson("broken body", wire(route).path(), body)));
    }

    @When("the client sends {route} a prompt that is longer than the context")
    public void tooLong(Route route) throws InterruptedException {
        world.act(() -> {
            // A word is a token or more in any vocabulary; twice the context is over it however they are counted.
            String prompt = "one two ".repeat(asking.contextLength());
            answered(wire(route).whole("too long", greedy(prompt, 4)));
        });
    }

    @When("the client sends chat a system message that is longer than the context")
    public void systemTooLong() throws InterruptedException {
        world.act(() -> {
            ObjectNode body = wire(Route.CHAT).body(greedy("one two three", 4), false);
            ArrayNode messages = body.putArray("messages");
            messages.addObject().put("role", "system").put("content", "one two ".repeat(asking.contextLength()));
            messages.addObject().put("role", "user").put("content", "one two three");
            answered(Call.postJson("a long system message", Route.CHAT.path(), body.toString()));
        });
    }

    @Then("the worker serves it, or refuses it with 400 in the OpenAI form")
    public void servedOrRefused() {
        world.record(OpenAiError.servedOrRefused(answer()));
    }

    @Then("the worker refuses it with {int} in the OpenAI form")
    public void refused(int status) {
        world.record(OpenAiError.judge(answer(), Set.of(status), Optional.empty()));
    }

    @Then("the worker refuses it as context_length_exceeded in the OpenAI form")
    public void overTheContext() {
        world.record(OpenAiError.judge(answer(), Set.of(400), Optional.of("context_length_exceeded")));
    }

    @When("the client asks {route} for the model {string}")
    public void otherModel(Route route, String model) throws InterruptedException {
        world.act(() -> {
            ObjectNode body = wire(route).body(greedy("one two three four one two three", 4), false);
            answered(Call.postJson(
                    "other model", route.path(), body.put("model", model).toString()));
        });
    }

    @Then("the worker does not know the model")
    public void unknownModel() {
        world.record(HonouredOrRefused.judge(answer(), Wish.UNKNOWN_MODEL));
        world.record(OpenAiError.judge(answer(), Set.of(404), Optional.empty()));
    }

    @When("the client asks {route} for {int} tokens with {word}, which is:")
    public void wished(Route route, int tokens, String member, String json) throws InterruptedException {
        world.act(() -> {
            ObjectNode body = wire(route).body(greedy(PATTERN, tokens), false);
            body.set(member, read(json));
            if (member.equals("max_completion_tokens")) {
                // It is the newer name; a worker may refuse both together.
                body.remove("max_tokens");
            }
            if (member.equals("tools")) {
                body.put("tool_choice", "required");
            }
            answered(Call.postJson("ask for " + member, route.path(), body.toString()));
        });
    }

    @Then("the worker honours {wish} or refuses it")
    public void honoured(Wish wish) {
        world.record(HonouredOrRefused.judge(answer(), wish));
    }

    @When("the client asks for the list of models")
    public void models() throws InterruptedException {
        world.act(() -> world.remember(ANSWER, send(Call.get("models", "/v1/models"))));
    }

    @Then("the list names the worker's model")
    public void listed() {
        world.record(ModelList.judge(answer(), world.capabilities().model()));
    }

    private OpenAiWire openAi() {
        return world.target()
                .openAi()
                .orElseThrow(() -> world.unsupported("the worker has no OpenAI-compatible routes"));
    }

    private GenerationRequest greedy(String prompt, int tokens) {
        return GenerationRequest.greedy(world.newJobId(), prompt, tokens);
    }

    private Exchange send(Call call) throws InterruptedException {
        return asking.send(call);
    }

    private void answered(Call call) throws InterruptedException {
        world.remember(ANSWER, send(call));
    }

    /** A worker that has only one of the two routes is not judged by the other. */
    private OpenAiWire wire(Route route) throws InterruptedException {
        OpenAiWire wire = openAi().by(route);
        if (route != openAi().route()) {
            int status = send(wire.whole("is there such a route", greedy("one two", 1)))
                    .status();
            if (ABSENT.contains(status)) {
                throw world.unsupported("the worker answers %d to %s".formatted(status, route.path()));
            }
        }
        return wire;
    }

    private Exchange answer() {
        return world.recall(ANSWER, Exchange.class);
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new KitFailure("The scenario's value is no JSON: " + json);
        }
    }
}
