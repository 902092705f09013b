package dev.touchstone.features.steps;

import dev.touchstone.harness.check.CharacterLimit;
import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Prompts of very many characters. Public because Cucumber makes it. */
public final class CharacterSteps {
    private static final int FEW_TOKENS = 4;
    /** Texts of which vocabularies take many characters into one token; the best for this worker is used. */
    private static final List<String> DILUTE =
            List.of(" international understanding", "================================", "        ");

    private static final int FEW_TIMES = 8;
    private static final String MEGABYTE = " a b c d e f g h i j k l m n o p".repeat(1 << 15);

    private final World world;
    private final Asking asking;
    private final LongPrompts prompts;

    public CharacterSteps(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
        this.prompts = new LongPrompts(world, asking);
    }

    @When("the client asks for a few tokens after prompts of {numbers} characters")
    public void characters(List<BigInteger> sizes) throws InterruptedException {
        world.act(() -> {
            DiluteText text = DiluteText.best(DILUTE, FEW_TIMES, world.sizer()::count);
            int context = asking.contextLength();
            world.remember("context", context);
            for (BigInteger size : sizes) {
                int characters = size.intValue();
                Optional<Integer> tokens = text.tokens(characters);
                if (tokens.filter(n -> n + FEW_TOKENS <= context).isPresent()) {
                    prompts.demandTime(tokens.get(), 1);
                }
                world.add("characters", characters);
                world.add("tokens", tokens.orElse(0));
                asking.greedy(text.of(characters), FEW_TOKENS);
            }
        });
    }

    @Then("each is read whole, or refused for a limit that is named")
    public void wholeOrRefused() {
        List<Integer> characters = world.recallAll("characters", Integer.class);
        List<Integer> tokens = world.recallAll("tokens", Integer.class);
        int n = 0;
        for (Generation generation : asking.generations()) {
            Optional<Integer> told = Optional.of(tokens.get(n)).filter(t -> t > 0);
            world.record(CharacterLimit.judge(
                    new CharacterLimit.Asked(generation, characters.get(n), told),
                    world.recall("context", Integer.class)));
            n++;
        }
    }

    @When("the client sends a prompt of 1 MB {int} times, asking for health meanwhile, and then continues:")
    public void megabyte(int times, String prompt) throws InterruptedException {
        world.act(() -> {
            List<Exchange> health = new CopyOnWriteArrayList<>();
            var poll = HealthPoll.of(world, asking, health);
            try {
                for (int n = 0; n < times; n++) {
                    world.add("tries", refused());
                }
            } finally {
                poll.ifPresent(HealthPoll::stop);
            }
            world.remember("health", List.copyOf(health));
            world.remember("polled", poll.isPresent());
            world.remember("context", asking.contextLength());
            asking.greedy(prompt, FEW_TOKENS);
        });
    }

    /** A worker may refuse before it has read all, and the reset of its connection may overtake its answer. */
    private Exchange refused() throws InterruptedException {
        var request = GenerationRequest.greedy(world.newJobId(), MEGABYTE, FEW_TOKENS);
        Call call = world.wire().call("a prompt of 1 MB", request);
        Exchange answer = asking.send(call);
        boolean lost = answer.head().isEmpty() && answer.end() instanceof BodyEnd.Cut;
        return lost ? asking.send(call.withHeader("Expect", "100-continue")) : answer;
    }

    @Then("it is refused at once, health stays green, and the short request is served")
    public void refusedAtOnce() {
        world.record(CharacterLimit.farOver(
                new CharacterLimit.FarOver(
                        world.recallAll("tries", Exchange.class),
                        world.recallAll("health", Exchange.class),
                        asking.latest(),
                        world.recall("polled", Boolean.class)),
                world.recall("context", Integer.class),
                asking.budgets().refusal()));
    }
}
