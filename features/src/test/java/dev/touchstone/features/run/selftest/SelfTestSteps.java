package dev.touchstone.features.run.selftest;

import dev.touchstone.features.steps.World;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Finding;
import dev.touchstone.harness.verdict.Verdict;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.time.Duration;
import java.util.List;

public final class SelfTestSteps {

    private final World world;

    public SelfTestSteps(World world) {
        this.world = world;
    }

    @When("the self-test asks for health")
    public void theClientAsksForHealth() throws InterruptedException {
        world.act(() ->
                world.remember("health", world.client().send(Call.get("health", "/health"), Duration.ofSeconds(5))));
    }

    @Then("the self-test finds a model")
    public void healthNamesAModel() {
        Exchange health = world.recall("health", Exchange.class);
        world.record(
                health.bodyText().contains("\"model\":\"fake\"")
                        ? new Verdict.Held("HL-01", "health named its model")
                        : new Verdict.Broken(
                                "HL-01", List.of(Finding.at(1, "a model", "health was " + health.bodyText()))));
    }

    @Then("the self-test judges both rules")
    public void bothRulesAreJudged() {
        world.record(new Verdict.Held("EV-09", "two answers"));
        world.record(new Verdict.Held("EV-10", "two answers"));
    }
}
