package dev.touchstone.features.steps;

import dev.touchstone.harness.check.ForeignWords;
import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.check.Unchanged;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.StreamingCall;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.target.RecallForm;
import dev.touchstone.harness.verdict.Verdict;
import io.cucumber.java.en.Given;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The same request again, after other requests. Public because Cucumber makes it. */
public final class HistorySteps {
    private static final int EVENTS_BEFORE_LEAVING = 4;
    private static final int LEFT_TOKENS = 256;
    private static final int SHORT = 16;
    private static final int MOST_CHARACTERS = 1 << 20;
    private static final List<String> WORDS = List.of("lemon", "river", "copper");

    private final World world;
    private final Asking asking;
    private final Conditions conditions;

    public HistorySteps(World world, Asking asking, Conditions conditions) {
        this.world = world;
        this.asking = asking;
        this.conditions = conditions;
    }

    @Given("the client knows the greedy and a seeded text of {int} tokens that continue one of:")
    public void known(int tokens, String prompts) throws InterruptedException {
        world.act(() -> conditions.learn(Asking.lines(prompts), tokens));
    }

    @When("the client asks again after other requests that continue each line of:")
    public void unrelated(String prompts) throws InterruptedException {
        world.act(() -> {
            for (String prompt : Asking.lines(prompts)) {
                asking.sampled(prompt, SHORT, 1.0, Optional.empty());
                conditions.again("after another request");
            }
        });
    }

    @When("the client asks again after a request that it left, and after one that it cancelled")
    public void abandoned() throws InterruptedException {
        world.act(() -> {
            leave(call -> {});
            conditions.again("after a request that the client left");
            if (!conditions.plain().getFirst().isOpenAi()) {
                leave(job -> asking.send(Call.postJson("cancel", "/cancel", "{\"job_id\":\"" + job + "\"}")));
                conditions.again("after a cancelled request");
            }
        });
    }

    @When("the client asks again after each kind of request that is refused")
    public void refused() throws InterruptedException {
        world.act(() -> {
            for (Map.Entry<String, byte[]> kind : refusedBodies().entrySet()) {
                Call call = Call.postJson("refused", world.wire().path(), kind.getValue());
                try (StreamingCall open = world.client().open(call)) {
                    open.awaitHead(asking.budgets().request());
                    if (open.soFar().status() != 200) {
                        open.awaitEnd(asking.budgets().request());
                    }
                }
                conditions.later("after a request with " + kind.getKey(), asking.generate(conditions.greedy()));
            }
            conditions.again("after refused requests");
        });
    }

    private Map<String, byte[]> refusedBodies() {
        GenerationRequest request = conditions.greedy();
        String body = new String(world.wire().call("", request).body(), StandardCharsets.UTF_8);
        Map<String, byte[]> bodies = new LinkedHashMap<>();
        bodies.put("an invalid value", utf8(body.replaceFirst("\"max_tokens\":\\d+", "\"max_tokens\":-1")));
        bodies.put("a wrong type", utf8(body.replaceFirst("\"temperature\":[^,}]+", "\"temperature\":\"hot\"")));
        bodies.put("a body that is cut", utf8(body.substring(0, body.length() / 2)));
        bodies.put("a body that is no object", utf8("[" + body + "]"));
        bodies.put("an empty body", new byte[0]);
        bodies.put("a body that is no text", "{\"prompt\":\"\u00ff\u00fe\"}".getBytes(StandardCharsets.ISO_8859_1));
        world.capabilities().contextLength().ifPresent(context -> {
            String tooLong = " a".repeat((int) Math.min(MOST_CHARACTERS / 2, context + SHORT));
            bodies.put(
                    "a prompt over the context",
                    world.wire().call("", request.withPrompt(tooLong)).body());
        });
        return bodies;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @FunctionalInterface
    private interface Leaving {
        void leave(String job) throws InterruptedException;
    }

    private void leave(Leaving how) throws InterruptedException {
        int tokens = Math.min(LEFT_TOKENS, asking.longest());
        var request = conditions.greedy().withMaxTokens(tokens).withTemperature(1.0);
        try (StreamingCall call = asking.open(request)) {
            call.awaitEvents(EVENTS_BEFORE_LEAVING, asking.budgets().request());
            how.leave(request.jobId());
        }
    }

    @When("the client asks in turn for {int} tokens with prompts that share this:")
    public void sharing(int tokens, String shared) throws InterruptedException {
        world.act(() -> {
            String middle = shared.replace('\n', ' ');
            Map<String, String> prompts = new LinkedHashMap<>();
            prompts.put("another tail", "One. " + middle + " And so the cat said that");
            prompts.put("its own tail", "One. " + middle + " At last the old man went to");
            prompts.put("no tail", "One. " + middle);
            prompts.put("another head", "Two. " + middle + " At last the old man went to");
            for (int round = 0; round < 2; round++) {
                for (String prompt : prompts.values()) {
                    asking.greedy("A list of colours: red, green,", 4);
                    conditions.plain(asking.greedy(prompt, tokens));
                }
            }
            List<String> names = List.copyOf(prompts.keySet());
            // Each follows each of the others once: the step between them takes every size.
            for (int step = 1; step < names.size(); step++) {
                for (int n = 0; n < names.size(); n++) {
                    String before = names.get((n + names.size() - step) % names.size());
                    asking.greedy(prompts.getOrDefault(before, ""), 1);
                    conditions.later(
                            "after the same prompt with " + before,
                            asking.greedy(prompts.getOrDefault(names.get(n), ""), tokens));
                }
            }
        });
    }

    @When("where the model recalls facts, the client asks in turn for each of three facts told before the same text:")
    public void facts(String shared) throws InterruptedException {
        world.act(() -> {
            Optional<RecallForm> recall = world.skills().recall();
            if (recall.isEmpty()) {
                return;
            }
            for (int n = 0; n < 2 * WORDS.size(); n++) {
                String word = WORDS.get(n % WORDS.size());
                String prompt = recall.get().prompt("Ada", word, shared.replace('\n', ' '));
                world.add("recalled", asking.greedy(prompt, SHORT).exchange());
            }
        });
    }

    @Then("the text is as before, as {word} demands")
    public void asBefore(String rule) {
        world.record(Unchanged.judge(rule, conditions.plain(), conditions.later()));
    }

    @Then("no answer tells another's fact")
    public void ownFacts() {
        List<Generation> recalled = conditions.generations("recalled");
        if (!recalled.isEmpty() && ForeignWords.judge("DT-04", recalled, WORDS) instanceof Verdict.Broken broken) {
            world.record(broken);
        }
    }
}
