package dev.touchstone.features.steps;

import dev.touchstone.harness.check.ErrorForm;
import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.check.StopChoices;
import dev.touchstone.harness.check.StopSequences;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.transcript.Exchange;
import io.cucumber.java.en.Given;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Stop sequences, cut from texts that the worker is known to give. Public because Cucumber makes it. */
public final class StopSteps {
    private static final List<String> NEVER = List.of("\u00A4\u2021\u00A4", "\u2021\u2021\u2021", "\u00A4\u00A4\u2021");
    private static final int PLACES = 4;

    private final World world;
    private final Asking asking;
    private final Conditions conditions;

    public StopSteps(World world, Asking asking, Conditions conditions) {
        this.world = world;
        this.asking = asking;
        this.conditions = conditions;
    }

    @Given("the client knows the text of {int} tokens that continues one of:")
    public void known(int tokens, String prompts) throws InterruptedException {
        world.act(() -> {
            Generation first = asking.lasting(Asking.lines(prompts), tokens, (tokens + 1) / 2);
            conditions.plain(asking.keep(first.exchange()));
            conditions.plain(asking.greedy(first.prompt(), tokens));
            world.remember("tokens", tokens);
        });
    }

    @When("the client asks again with stop sequences cut from each text")
    public void cut() throws InterruptedException {
        world.act(() -> {
            for (Generation plain : firstRuns()) {
                for (StopChoices.Choice choice : StopChoices.of(plain)) {
                    stopped(choice.kind(), plain, List.of(choice.stop()));
                }
            }
        });
    }

    @When("the client asks again with a stop sequence that occurs in each place among four, and with two that occur")
    public void several() throws InterruptedException {
        world.act(() -> {
            for (Generation plain : firstRuns()) {
                List<String> occurring = StopChoices.apart(plain);
                if (occurring.isEmpty()) {
                    continue;
                }
                for (int place = 0; place < PLACES; place++) {
                    List<String> stops = new ArrayList<>(NEVER);
                    stops.add(place, occurring.getFirst());
                    stopped("number %d of four".formatted(place + 1), plain, stops);
                }
                stopped("the first of two that occur", plain, occurring);
                stopped("the first to occur, named last", plain, occurring.reversed());
            }
        });
    }

    @Then("each text ends before its stop sequence, as {word} demands")
    public void endsBefore(String rule) {
        List<String> where = world.recallAll("where", String.class);
        List<Generation> generations = conditions.generations("stopped");
        List<StopSequences.Stopped> stopped = new ArrayList<>();
        for (int n = 0; n < where.size(); n++) {
            stopped.add(new StopSequences.Stopped(where.get(n), generations.get(n)));
        }
        world.record(StopSequences.judge(rule, conditions.plain(), stopped));
    }

    @When("the client asks with five stop sequences, with an empty one, and with an empty one among others")
    public void invalid() throws InterruptedException {
        world.act(() -> {
            for (List<String> stops :
                    List.of(Collections.nCopies(PLACES + 1, "\u2021"), List.of(""), List.of("\u2021", ""))) {
                var request = GenerationRequest.greedy(world.newJobId(), "1 2 3 4 5 6 7 8 1 2 3", 4)
                        .withStop(stops);
                world.add("refused", asking.send(world.wire().call("generate", request)));
            }
        });
    }

    @Then("each is refused with 400")
    public void refused() {
        for (Exchange exchange : world.recallAll("refused", Exchange.class)) {
            world.record(ErrorForm.invalid("SP-04", exchange, "stop"));
        }
    }

    /** Plain runs come in pairs. */
    private List<Generation> firstRuns() {
        List<Generation> plain = conditions.plain();
        List<Generation> first = new ArrayList<>();
        for (int n = 0; n < plain.size(); n += 2) {
            first.add(plain.get(n));
        }
        return first;
    }

    private void stopped(String where, Generation plain, List<String> stops) throws InterruptedException {
        var request = GenerationRequest.greedy(world.newJobId(), plain.prompt(), world.recall("tokens", Integer.class))
                .withStop(stops);
        world.add("where", where);
        world.add("stopped", asking.generate(request).exchange());
    }
}
