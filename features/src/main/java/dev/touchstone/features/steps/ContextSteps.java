package dev.touchstone.features.steps;

import dev.touchstone.harness.check.ContextLimit;
import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.check.OmittedLimit;
import dev.touchstone.harness.check.WholePrompt;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.target.SizedPrompt;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Prompts that fill the context. Public because Cucumber makes it. */
public final class ContextSteps {
    private static final int MOST_TOKENS = 2048;
    /** A body of so many characters is on its way before any refusal of it. */
    private static final int READ_AT_ONCE = 1 << 16;

    private static final Duration CAP_TIME = Duration.ofSeconds(15);
    private static final BigInteger SEED = BigInteger.valueOf(20261123);
    /** Gives a model reason to look back; without it a model may go on with the filler, whatever the head. */
    private static final String ENDING = "\n\nThis text begins with the words: \"";

    private static final String LIMITS = "limits";

    /** The hottest that both dialects know: the draw then follows the least change of what the model expects. */
    private static final double HOT = 2.0;

    private final World world;
    private final Asking asking;
    private final LongPrompts prompts;

    public ContextSteps(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
        this.prompts = new LongPrompts(world, asking);
    }

    @When("the client fills the context with a prompt and {int} tokens to generate")
    public void fill(int tokens) throws InterruptedException {
        world.act(() -> {
            prompts.demandTime(asking.contextLength(), 1);
            SizedPrompt prompt = prompts.leaving("", tokens);
            world.remember("context", asking.contextLength());
            world.remember("prompt", prompt.prompt());
            world.remember("prompt tokens", prompt.tokens());
            world.remember("counted", prompt.counted());
            world.remember("tokens", tokens);
            asking.greedy(prompt.prompt(), tokens);
        });
    }

    @Then("the worker serves it")
    public void served() {
        world.record(ContextLimit.served(
                new ContextLimit.Sized(
                        asking.latest(),
                        world.recall("prompt tokens", Integer.class),
                        world.recall("counted", Boolean.class)),
                world.recall("context", Integer.class)));
    }

    @When("the client asks for one token more with the same prompt")
    public void oneMore() throws InterruptedException {
        world.act(() -> refused(world.recall("prompt", String.class), world.recall("tokens", Integer.class) + 1));
    }

    @When("the client asks for {int} tokens after a prompt of about twice the context, and then continues:")
    public void farOver(int tokens, String prompt) throws InterruptedException {
        world.act(() -> {
            String tooLong = LongPrompts.twice(asking.contextLength());
            world.remember("characters", tooLong.length());
            Call call = world.wire()
                    .call("a prompt over the context", GenerationRequest.greedy(world.newJobId(), tooLong, tokens));
            Exchange answer = asking.send(call);
            // A worker may refuse before it has read all, and the reset of its connection may overtake its answer.
            boolean lost =
                    tooLong.length() > READ_AT_ONCE && answer.head().isEmpty() && answer.end() instanceof BodyEnd.Cut;
            world.remember("refused", lost ? asking.send(call.withHeader("Expect", "100-continue")) : answer);
            asking.greedy(prompt, tokens);
        });
    }

    @Then("it is refused before any event, and the short request is served")
    public void refusedFarOver() {
        world.record(ContextLimit.farOver(
                world.recall("refused", Exchange.class), world.recall("characters", Integer.class), asking.latest()));
    }

    @When("the client asks for {int} token with a prompt of the whole context")
    public void wholeContext(int tokens) throws InterruptedException {
        world.act(() -> {
            SizedPrompt prompt = prompts.leaving("", 0);
            world.remember("prompt tokens", prompt.tokens());
            refused(prompt.prompt(), tokens);
        });
    }

    private void refused(String prompt, int tokens) throws InterruptedException {
        var request = GenerationRequest.greedy(world.newJobId(), prompt, tokens);
        world.remember("tokens", tokens);
        world.remember("refused", asking.send(world.wire().call("generate", request)));
    }

    @Then("the worker refuses it before any event and tells the three numbers")
    public void refused() {
        world.record(ContextLimit.refused(
                world.recall("refused", Exchange.class),
                world.recall("prompt tokens", Integer.class),
                world.recall("tokens", Integer.class),
                world.recall("context", Integer.class)));
    }

    @When("the client asks for {int} tokens after prompts of {numbers} percent of the context")
    public void shares(int tokens, List<BigInteger> percents) throws InterruptedException {
        world.act(() -> {
            int context = asking.contextLength();
            prompts.demandTime(context, percents.size());
            for (BigInteger percent : percents) {
                int size = (int) (percent.longValue() * context / 100);
                SizedPrompt prompt = prompts.leaving("", context - size);
                world.add("sizes", prompt.tokens());
                world.add("counted", prompt.counted());
                asking.greedy(prompt.prompt(), tokens);
            }
        });
    }

    @Then("each prompt is served and counted in full")
    public void counted() {
        List<Integer> sizes = world.recallAll("sizes", Integer.class);
        List<Boolean> counted = world.recallAll("counted", Boolean.class);
        List<ContextLimit.Sized> all = new ArrayList<>();
        for (Generation generation : asking.generations()) {
            int n = all.size();
            all.add(new ContextLimit.Sized(generation, sizes.get(n), counted.get(n)));
        }
        world.record(ContextLimit.counted(all));
    }

    @When(
            "the client names no limit of tokens after prompts that leave {numbers} tokens, and after a short one, each ending with one of:")
    public void omitted(List<BigInteger> rests, String patterns) throws InterruptedException {
        world.act(() -> {
            prompts.demandTime(asking.contextLength(), rests.size());
            for (BigInteger rest : rests) {
                for (String pattern : patterns.lines().toList()) {
                    String prompt =
                            prompts.leaving("", "\n" + pattern, rest.intValue()).prompt();
                    if (!withoutLimit(prompt, rest.intValue()).endedByModel()) {
                        break;
                    }
                }
            }
            cap(patterns.lines().toList());
        });
    }

    /** Where the context holds more than 2048 tokens, that is the limit; asked for where it does not take long. */
    private void cap(List<String> patterns) throws InterruptedException {
        for (String pattern : patterns) {
            Optional<Integer> tokens = world.sizer().count(pattern);
            boolean larger =
                    tokens.filter(n -> n + MOST_TOKENS < asking.contextLength()).isPresent();
            if (!larger
                    || Pace.measure(world, asking, pattern).of(MOST_TOKENS).compareTo(CAP_TIME) > 0
                    || !withoutLimit(pattern, MOST_TOKENS).endedByModel()) {
                return;
            }
        }
    }

    private Generation withoutLimit(String prompt, int limit) throws InterruptedException {
        world.add(LIMITS, limit);
        return asking.generate(GenerationRequest.of(world.newJobId(), prompt).withTemperature(0));
    }

    @Then("as many tokens come as were left, and never more than 2048")
    public void whatWasLeft() {
        List<Integer> limits = world.recallAll(LIMITS, Integer.class);
        List<OmittedLimit.Open> all = new ArrayList<>();
        for (Generation generation : asking.generations()) {
            all.add(new OmittedLimit.Open(generation, limits.get(all.size())));
        }
        world.record(OmittedLimit.judge(all));
    }

    @When("the client fills the context but for {int} tokens after each first sentence of:")
    public void heads(int tokens, String sentences) throws InterruptedException {
        world.act(() -> {
            List<String> heads = sentences.lines().toList();
            world.remember("heads", heads.size());
            world.remember("prompt tokens", asking.contextLength() - tokens);
            // As a rule the second first sentence makes the difference.
            prompts.demandTime(asking.contextLength(), 3);
            if (!differ("greedy", heads, tokens)) {
                if (!differ("seeded", heads, tokens)) {
                    String prompt =
                            prompts.leaving(heads.getFirst(), ENDING, tokens).prompt();
                    world.remember(
                            "other seed",
                            asking.sampled(prompt, tokens, HOT, Optional.of(SEED.add(BigInteger.ONE)))
                                    .exchange());
                }
            }
        });
    }

    /** Asks until another first sentence has made a difference. */
    private boolean differ(String how, List<String> heads, int tokens) throws InterruptedException {
        String first = continued(how, heads.getFirst(), tokens);
        boolean steady = first.equals(continued(how, heads.getFirst(), tokens));
        for (String head : heads.subList(1, heads.size())) {
            if (!steady || !continued(how, head, tokens).equals(first)) {
                return steady;
            }
        }
        return false;
    }

    private String continued(String how, String head, int tokens) throws InterruptedException {
        String prompt = prompts.leaving(head, ENDING, tokens).prompt();
        Generation seen = how.equals("greedy")
                ? asking.greedy(prompt, tokens)
                : asking.sampled(prompt, tokens, HOT, Optional.of(SEED));
        world.add(how, seen.exchange());
        return seen.text();
    }

    @Then("the first sentence makes a difference to the continuation")
    public void firstSentenceCounts() {
        world.record(WholePrompt.judge(
                generations("greedy"),
                generations("seeded"),
                world.find("other seed", Exchange.class).map(Generation::of),
                world.recall("heads", Integer.class),
                world.recall("prompt tokens", Integer.class)));
    }

    private List<Generation> generations(String name) {
        return world.recallAll(name, Exchange.class).stream()
                .map(Generation::of)
                .toList();
    }
}
