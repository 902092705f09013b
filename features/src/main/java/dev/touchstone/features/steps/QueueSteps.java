package dev.touchstone.features.steps;

import dev.touchstone.harness.check.ConcurrentStreams;
import dev.touchstone.harness.check.CrossTalk;
import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.check.PrefillGap;
import dev.touchstone.harness.check.QueueLimit;
import dev.touchstone.harness.client.OpenAiWire;
import dev.touchstone.harness.client.StreamingCall;
import dev.touchstone.harness.target.EchoForm;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.transcript.Exchange;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Several requests at once. Public because Cucumber makes it. */
public final class QueueSteps {
    private static final Duration BLOCKING = Duration.ofSeconds(1);
    /** So long that a busy kit does not take one for the next. */
    private static final Duration FOLLOWING = Duration.ofMillis(150);

    private static final Duration STAGGER = Duration.ofMillis(25);
    private static final int MOST_BLOCKING = 1024;
    private static final int ROUNDS = 3;
    private static final int FEW_TOKENS = 16;
    private static final int SECRET_TOKENS = 32;

    private static final Duration TRIAL = Duration.ofMillis(800);
    private static final int TRIALS = 3;
    private static final Duration RUNNING = Duration.ofSeconds(4);
    private static final int PREFILLS = 2;
    private static final int LONGEST_PREFILL = 4096;

    private final World world;
    private final Asking asking;

    public QueueSteps(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
    }

    @When("clients ask one shortly after the other, the first for a long text, to continue each line of:")
    public void staggered(String prompts) throws InterruptedException {
        world.act(() -> {
            List<String> lines = prompts.lines().toList();
            Pace pace = Pace.measure(world, asking, lines.getFirst());
            int most = Math.min(MOST_BLOCKING, asking.longest());
            int tokens = pace.tokensIn(BLOCKING, most);
            int few = pace.tokensIn(FOLLOWING, most);
            world.remember("clients", lines.size());
            for (int round = 0; round < ROUNDS; round++) {
                if (ConcurrentStreams.inOrder(staggered(lines, tokens, few))) {
                    return;
                }
            }
        });
    }

    private List<Generation> staggered(List<String> lines, int tokens, int few) throws InterruptedException {
        List<StreamingCall> calls = new ArrayList<>();
        for (String line : lines) {
            calls.add(open(line, calls.isEmpty() ? tokens : few));
            calls.getLast().awaitHead(STAGGER);
        }
        List<Generation> round = new ArrayList<>();
        for (StreamingCall call : calls) {
            round.add(asking.keep(call.awaitEnd(asking.budgets().request())));
        }
        return round;
    }

    @Then("each is answered by its own whole stream, in order of arrival where the worker runs one at a time")
    public void answered() {
        String model = world.wire() instanceof OpenAiWire ? "" : asking.model();
        List<Generation> all = asking.generations();
        int clients = world.recall("clients", Integer.class);
        List<List<Generation>> rounds = new ArrayList<>();
        for (int n = 0; n + clients <= all.size(); n += clients) {
            rounds.add(all.subList(n, n + clients));
        }
        world.record(ConcurrentStreams.judge(
                rounds, model, asking.budgets().close(), asking.budgets().clockSkew()));
    }

    @When("clients ask for long texts until the worker refuses one, continuing:")
    public void fill(String prompt) throws InterruptedException {
        world.act(() -> {
            int most = (int) asking.budgets().queueMost();
            var filling = new QueueFilling(world, asking, prompt, asking.longest());
            try {
                filling.fill(most);
            } finally {
                filling.empty();
            }
            world.remember("waiting", filling.mostUnderWay());
            world.remember("unanswered", filling.unanswered());
            world.remember("most", most);
            Generation after = asking.greedy(prompt, 1);
            if (!after.ended()) {
                throw world.inconclusive("the worker served nothing after its queue was emptied: " + after.outcome());
            }
        });
    }

    @Then("the full queue refuses at once, and says when to come again")
    public void refusedAtOnce() {
        world.record(QueueLimit.judge(
                world.recall("waiting", Integer.class),
                world.find("unanswered", Integer.class).orElse(0),
                world.recall("most", Integer.class),
                world.recallAll("refusals", Exchange.class),
                asking.budgets().head(),
                world.wire() instanceof OpenAiWire));
    }

    @When("clients ask at once, each with a secret that its prompt has repeated:")
    public void secrets(String secrets) throws InterruptedException {
        world.act(() -> {
            Optional<EchoForm> echo = world.skills().echo();
            if (echo.isPresent()) {
                List<String> lines = secrets.lines().toList();
                world.remember("secrets", lines);
                for (Generation generation :
                        together(lines.stream().map(echo.get()::prompt).toList(), SECRET_TOKENS)) {
                    world.add("secret texts", generation.exchange());
                }
            }
        });
    }

    /** Says nothing of a model that does not repeat; what the same requests give alone must do for it. */
    @Then("no stream has another's secret, where the model repeats what it is given")
    public void noSecret() {
        List<String> secrets = world.recallAll("secrets", String.class);
        if (!secrets.isEmpty()) {
            world.record(CrossTalk.canaries(generations("secret texts"), secrets));
        }
    }

    @When("clients ask one by one, again, and then all at once for {int} tokens to continue each line of:")
    public void aloneAndTogether(int tokens, String prompts) throws InterruptedException {
        world.act(() -> {
            List<String> lines = prompts.lines().toList();
            for (int round = 0; round < 2; round++) {
                for (String line : lines) {
                    world.add("alone", asking.greedy(line, tokens).exchange());
                }
            }
            for (Generation generation : together(lines, tokens)) {
                world.add("together", generation.exchange());
            }
        });
    }

    @Then("each has the text that its prompt gives alone")
    public void ownText() {
        world.record(CrossTalk.baseline(generations("alone"), generations("together")));
    }

    @When("a long text is under way while a context-filling prompt is read, continuing:")
    public void prefillBeside(String prompt) throws InterruptedException {
        world.act(() -> {
            Pace pace = Pace.measure(world, asking, prompt);
            demandSeveralAtOnce(prompt, pace.tokensIn(TRIAL, asking.longest()));
            int tokens = pace.tokensIn(RUNNING, asking.longest());
            int size = Math.min(LONGEST_PREFILL, asking.contextLength() - FEW_TOKENS);
            Optional<String> filling = world.sizer().prompt(size);
            if (filling.isEmpty()) {
                throw world.inconclusive("no prompt of %d tokens could be found".formatted(size));
            }
            for (int n = 0; n < PREFILLS; n++) {
                try (StreamingCall running = open(prompt, tokens)) {
                    running.awaitEvents(FEW_TOKENS, asking.budgets().request());
                    world.add("filling", asking.greedy(filling.get(), 1).exchange());
                    world.add(
                            "running",
                            asking.keep(running.awaitEnd(asking.budgets().request()))
                                    .exchange());
                }
            }
        });
    }

    @Then("the text goes on without a stall")
    public void goesOn() {
        List<Generation> running = generations("running");
        List<Generation> filling = generations("filling");
        List<PrefillGap.Pair> pairs = new ArrayList<>();
        for (int n = 0; n < running.size(); n++) {
            pairs.add(new PrefillGap.Pair(running.get(n), filling.get(n)));
        }
        world.record(PrefillGap.judge(pairs, asking.budgets().prefillGap()));
    }

    /**
     * A busy machine may hide that a worker runs several at once; where one clearly waited for the other twice, the second
     * time for a longer text, it does not.
     */
    private void demandSeveralAtOnce(String prompt, int tokens) throws InterruptedException {
        int waits = 0;
        for (int n = 0; n < TRIALS && waits < 2; n++) {
            int longer = Math.min(tokens * (waits + 1), asking.longest());
            try (StreamingCall running = open(prompt, longer)) {
                running.awaitEvents(2, asking.budgets().request());
                Generation beside = asking.greedy(prompt, FEW_TOKENS);
                Generation first = asking.keep(running.awaitEnd(asking.budgets().request()));
                if (PrefillGap.runsSeveral(List.of(first, beside))) {
                    return;
                }
                waits += PrefillGap.waited(first, beside) ? 1 : 0;
            }
        }
        throw world.unsupported("the worker runs one job at a time");
    }

    private List<Generation> together(List<String> prompts, int tokens) throws InterruptedException {
        List<StreamingCall> calls = new ArrayList<>();
        for (String prompt : prompts) {
            calls.add(open(prompt, tokens));
        }
        List<Generation> generations = new ArrayList<>();
        for (StreamingCall call : calls) {
            generations.add(asking.keep(call.awaitEnd(asking.budgets().request())));
        }
        return generations;
    }

    private StreamingCall open(String prompt, int tokens) {
        return world.closing(asking.open(GenerationRequest.greedy(world.newJobId(), prompt, tokens)));
    }

    private List<Generation> generations(String name) {
        return world.recallAll(name, Exchange.class).stream()
                .map(Generation::of)
                .toList();
    }
}
