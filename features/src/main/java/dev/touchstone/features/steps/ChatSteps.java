package dev.touchstone.features.steps;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.harness.check.ChatTemplateUse;
import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.check.SameText;
import dev.touchstone.harness.check.StopCut;
import dev.touchstone.harness.check.VisibleFailure;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.Connections;
import dev.touchstone.harness.client.OpenAiWire;
import dev.touchstone.harness.client.OpenAiWire.Route;
import dev.touchstone.harness.client.StreamingCall;
import dev.touchstone.harness.client.WorkerClient;
import dev.touchstone.harness.launch.LaunchFailure;
import dev.touchstone.harness.launch.LaunchedWorker;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.transcript.Exchange;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Chat, and the OpenAI-compatible routes beside others. Public because Cucumber makes it. */
public final class ChatSteps {
    private static final String SYSTEM = "You are a pirate. Answer in one short sentence.";
    private static final String ASSISTANT = "I do not know.";
    private static final String NEXT = "Please try again.";
    /** A stop string is cut from the text between these shares of it. */
    private static final double CUT = 0.5;

    private static final int STOP_CHARACTERS = 6;
    /** Chunks that came before the worker is told to stop, so that the job is surely decoding. */
    private static final int CHUNKS_BEFORE_STOP = 3;

    /** Together more than a quick worker finishes between the signal and its end. */
    private static final int STREAMS_OF_EACH = 4;
    /** More than any worker's queue need take. */
    private static final int MOST_STREAMS_OF_EACH = 16;

    /** What they take together is longer than a worker takes to hear of the signal, however quick it is. */
    private static final Duration UNFINISHED = Duration.ofSeconds(4);

    private final World world;
    private final Asking asking;

    public ChatSteps(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
    }

    @When(
            "the client asks chat for {int} tokens, with and without a system message and an assistant's turn, in the words of each line of:")
    public void conversations(int tokens, String lines) throws InterruptedException {
        world.act(() -> {
            for (String words : lines.lines().toList()) {
                GenerationRequest request = GenerationRequest.greedy(world.newJobId(), words, tokens);
                if (openAi().route() == Route.COMPLETIONS) {
                    world.add("raw", asking.send(openAi().call("raw", request)));
                }
                world.add("user", chat(request, "user", words));
                world.add("system", chat(request, "system", SYSTEM, "user", words));
                world.add("turns", chat(request, "user", words, "assistant", ASSISTANT, "user", NEXT));
                world.add("same words", chat(request, "user", words, "user", ASSISTANT, "user", NEXT));
            }
        });
    }

    @Then("template, system message and roles each make a difference")
    public void templateUsed() {
        List<Generation> raw = kept("raw");
        List<Generation> user = kept("user");
        List<ChatTemplateUse.Answers> all = new ArrayList<>();
        for (int n = 0; n < user.size(); n++) {
            all.add(new ChatTemplateUse.Answers(
                    raw.isEmpty() ? Optional.empty() : Optional.of(raw.get(n)),
                    user.get(n),
                    kept("system").get(n),
                    kept("turns").get(n),
                    kept("same words").get(n)));
        }
        world.record(ChatTemplateUse.judge(all));
    }

    @When(
            "the client asks chat for {int} tokens, and again with a stop string from the middle of that text, in the words:")
    public void stopped(int tokens, String words) throws InterruptedException {
        world.act(() -> {
            GenerationRequest request = GenerationRequest.greedy(world.newJobId(), words, tokens);
            Exchange first = chat(request, "user", words);
            world.add("plain", first);
            world.add("plain", chat(request, "user", words));
            String text = Generation.of(first).text();
            int from = (int) (CUT * text.length());
            int to = Math.min(text.length(), from + STOP_CHARACTERS);
            if (to <= from) {
                throw world.inconclusive("the model said too little to cut a stop string from: "
                        + Generation.of(first).outcome());
            }
            // Not within a pair of surrogates, which would be no text.
            String stop = text.substring(
                    Character.isLowSurrogate(text.charAt(from)) ? from + 1 : from,
                    to < text.length() && Character.isLowSurrogate(text.charAt(to)) ? to + 1 : to);
            world.remember("stop", stop);
            world.remember("stopped", chat(request.withStop(List.of(stop)), "user", words));
        });
    }

    @Then("the second text is the first up to the stop string")
    public void cut() {
        world.record(StopCut.judge(
                "OA-05",
                kept("plain"),
                Generation.of(world.recall("stopped", Exchange.class)),
                world.recall("stop", String.class)));
    }

    @When("the client asks \\/execute twice and completions once for {int} tokens to continue each line of:")
    public void bothDialects(int tokens, String prompts) throws InterruptedException {
        world.act(() -> {
            if (openAi().route() != Route.COMPLETIONS) {
                throw world.unsupported("the worker has no /v1/completions");
            }
            for (String prompt : prompts.lines().toList()) {
                world.add("execute", asking.greedy(prompt, tokens).exchange());
                world.add("execute", asking.greedy(prompt, tokens).exchange());
                world.add(
                        "completion",
                        asking.send(
                                openAi().call("complete", GenerationRequest.greedy(world.newJobId(), prompt, tokens))));
            }
        });
    }

    @Then("completions gives the text of \\/execute")
    public void sameText() {
        world.record(SameText.across("OA-03", kept("execute"), kept("completion"), "/v1/completions"));
    }

    @When(
            "the client streams long answers by completions and by chat from a worker that is then told to stop, continuing:")
    public void interrupted(String prompt) throws InterruptedException {
        world.act(() -> interrupt(prompt));
    }

    @Then("every stream that did not finish says so by an error")
    public void visible() {
        world.record(VisibleFailure.judge(kept("interrupted")));
    }

    private void interrupt(String prompt) throws InterruptedException {
        Duration one = Pace.measure(world, asking, prompt).of(asking.longest());
        long streams = UNFINISHED.dividedBy(one.multipliedBy(Route.values().length));
        try (LaunchedWorker worker = world.launcher().start()) {
            WorkerClient client = world.openClient(world.target().movedTo(worker.url()), Connections.FRESH);
            List<StreamingCall> calls = new ArrayList<>();
            for (int n = 0; n < Math.clamp(streams, STREAMS_OF_EACH, MOST_STREAMS_OF_EACH); n++) {
                for (Route route : Route.values()) {
                    GenerationRequest request = GenerationRequest.greedy(world.newJobId(), prompt, asking.longest());
                    calls.add(client.open(openAi().by(route).call("interrupted stream", request)));
                }
            }
            calls.getFirst().awaitEvents(CHUNKS_BEFORE_STOP, asking.budgets().request());
            worker.terminate();
            for (StreamingCall call : calls) {
                world.add("interrupted", call.awaitEnd(asking.budgets().request()));
            }
        } catch (LaunchFailure e) {
            throw world.inconclusive("another process of the worker could not be started: " + e.getMessage());
        }
    }

    private Exchange chat(GenerationRequest request, String... rolesAndWords) throws InterruptedException {
        OpenAiWire wire = openAi().by(Route.CHAT);
        ObjectNode body = wire.body(request, true);
        ArrayNode messages = body.putArray("messages");
        for (int i = 0; i < rolesAndWords.length; i += 2) {
            messages.addObject().put("role", rolesAndWords[i]).put("content", rolesAndWords[i + 1]);
        }
        return asking.send(Call.postJson("chat", wire.path(), body.toString()));
    }

    private OpenAiWire openAi() {
        return world.target()
                .openAi()
                .orElseThrow(() -> world.unsupported("the worker has no OpenAI-compatible routes"));
    }

    private List<Generation> kept(String name) {
        return world.recallAll(name, Exchange.class).stream()
                .map(Generation::of)
                .toList();
    }
}
