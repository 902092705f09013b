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

public final class MachinerySteps {

    private final World world;

    public MachinerySteps(World world) {
        this.world = world;
    }

    @When("the self-test asks for path {word}")
    public void asks(String path) throws InterruptedException {
        world.act(() -> {
            Exchange answer = world.client().send(Call.get(path, path), Duration.ofSeconds(20));
            world.remember("answer", answer);
            world.remember("text", answer.bodyText());
        });
    }

    @When("the self-test gives up at path {word}")
    public void givesUp(String path) throws InterruptedException {
        world.act(() -> {
            String body = world.client()
                    .send(Call.get(path, path), Duration.ofSeconds(20))
                    .bodyText();
            throw world.inconclusive("the answer was only " + body);
        });
    }

    @When("the self-test fails by itself")
    public void fails() throws InterruptedException {
        world.act(() -> {
            throw new IllegalStateException("out of order");
        });
    }

    @Then("the self-test finds status {int}, as {word} demands")
    public void findsStatus(int status, String rule) {
        Exchange answer = world.recall("answer", Exchange.class);
        world.record(
                answer.status() == status
                        ? new Verdict.Held(rule, "status " + status)
                        : new Verdict.Broken(
                                rule, List.of(Finding.of("status " + status, "it was " + answer.status()))));
    }

    @Then("the self-test finds {int} characters, as {word} demands")
    public void findsCharacters(int count, String rule) {
        int found = world.recall("answer", Exchange.class).bodyText().length();
        world.record(
                found == count
                        ? new Verdict.Held(rule, count + " characters")
                        : new Verdict.Broken(rule, List.of(Finding.of(count + " characters", "there were " + found))));
    }

    @Then("the self-test finds its token in the answer, as {word} demands")
    public void findsToken(String rule) {
        String token = world.target().token().orElse("no token");
        String text = world.recall("text", String.class);
        world.record(
                text.contains(token)
                                && world.recall("answer", Exchange.class)
                                        .bodyText()
                                        .contains(token)
                        ? new Verdict.Held(rule, "the answer was " + text)
                        : new Verdict.Broken(rule, List.of(Finding.of("the token", "it was " + text))));
    }
}
