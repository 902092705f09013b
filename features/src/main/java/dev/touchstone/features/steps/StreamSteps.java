package dev.touchstone.features.steps;

import dev.touchstone.harness.check.EndEvent;
import dev.touchstone.harness.check.EventOrder;
import dev.touchstone.harness.check.Flushing;
import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.check.SameText;
import dev.touchstone.harness.check.SeedReplay;
import dev.touchstone.harness.check.SeedVariety;
import dev.touchstone.harness.check.SpecialTokenLeak;
import dev.touchstone.harness.check.SseFraming;
import dev.touchstone.harness.check.StartedEvent;
import dev.touchstone.harness.check.StreamHead;
import dev.touchstone.harness.check.StreamIsolation;
import dev.touchstone.harness.check.TextIntegrity;
import dev.touchstone.harness.check.TokenLimit;
import dev.touchstone.harness.check.TokenNumbering;
import io.cucumber.java.en.Then;
import java.util.List;

/** What a stream, or several of one request, must be like. Public because Cucumber makes it. */
public final class StreamSteps {
    private final World world;
    private final Asking asking;

    public StreamSteps(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
    }

    @Then("the answer is an event stream that no cache keeps")
    public void head() {
        world.record(StreamHead.judge(asking.latest().exchange()));
    }

    @Then("the events come in order and the worker closes the body")
    public void order() {
        world.record(EventOrder.judge(asking.latest(), asking.budgets().close()));
    }

    @Then("the events of each stream come in order and the worker closes the body")
    public void orderOfEach() {
        world.record(EventOrder.judge(asking.generations(), asking.budgets().close()));
    }

    @Then("the first event names the job, the model, the time and the seed")
    public void started() {
        world.record(StartedEvent.judge(
                asking.latest(), asking.model(), asking.budgets().clockSkew()));
    }

    @Then("the tokens are numbered from 0 without a gap")
    public void numbering() {
        world.record(TokenNumbering.judge(asking.latest()));
    }

    @Then("the last event tells the true count, time and reason")
    public void end() {
        world.record(EndEvent.judge(asking.latest()));
    }

    @Then("no text at its limit is said to have ended by itself")
    public void reasons() {
        world.record(EndEvent.reasons(asking.generations()));
    }

    @Then("every frame is well-formed and carries one JSON object")
    public void framing() {
        world.record(SseFraming.judge(asking.latest()));
    }

    @Then("the tokens arrive as they are produced")
    public void flushing() {
        world.record(Flushing.judge(asking.generations(), asking.longest()));
    }

    @Then("each stream is whole and belongs to its own job")
    public void isolation() {
        world.record(StreamIsolation.judge(
                asking.generations(),
                asking.model(),
                asking.budgets().close(),
                asking.budgets().clockSkew()));
    }

    @Then("the text has whole characters only")
    public void characters() {
        world.record(TextIntegrity.judge(asking.generations()));
    }

    @Then("no special token shows in the text")
    public void specialTokens() {
        world.record(SpecialTokenLeak.judge(asking.generations()));
    }

    @Then("all replies to one request are the same, as {word} demands")
    public void same(String rule) {
        world.record(SameText.judge(rule, asking.generations(), 8));
    }

    @Then("at least {int} texts differ")
    public void differ(int distinct) {
        world.record(SeedVariety.judge(asking.generations(), distinct));
    }

    @Then("each replay gives the text that its seed gave before")
    public void replay() {
        List<Generation> all = asking.generations();
        int drawn = world.recall("drawn", Integer.class);
        world.record(SeedReplay.judge(all.subList(0, drawn), all.subList(drawn, all.size())));
    }

    @Then("exactly as many tokens come as were asked for")
    public void limit() {
        world.record(TokenLimit.judge(asking.generations(), world.recallAll("limits", Integer.class)));
    }
}
