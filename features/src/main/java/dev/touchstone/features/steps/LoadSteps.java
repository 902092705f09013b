package dev.touchstone.features.steps;

import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.client.Connections;
import dev.touchstone.harness.client.StreamingCall;
import dev.touchstone.harness.client.WorkerClient;
import dev.touchstone.harness.launch.LaunchFailure;
import dev.touchstone.harness.launch.LaunchedWorker;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.target.Target;
import io.cucumber.java.en.When;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** The same request again, beside others and of a fresh process. Public because Cucumber makes it. */
public final class LoadSteps {
    private static final int OTHERS_TOKENS = 32;

    private final World world;
    private final Asking asking;
    private final Conditions conditions;

    public LoadSteps(World world, Asking asking, Conditions conditions) {
        this.world = world;
        this.asking = asking;
        this.conditions = conditions;
    }

    @When("the client asks again while {int} other(s) run(s) or wait(s)")
    public void behind(int others) throws InterruptedException {
        world.act(() -> {
            List<StreamingCall> running = others(others);
            running.getFirst().awaitEvents(2, asking.budgets().request());
            together(
                    "while %d others run or wait".formatted(others), List.of(conditions.greedy(), conditions.seeded()));
            leave(running);
        });
    }

    @When("the client asks again before {int} others come")
    public void before(int others) throws InterruptedException {
        world.act(() -> {
            for (GenerationRequest request : List.of(conditions.greedy(), conditions.seeded())) {
                try (StreamingCall call = asking.open(request)) {
                    call.awaitEvents(2, asking.budgets().request());
                    List<StreamingCall> running = others(others);
                    later(
                            "beside %d that came later".formatted(others),
                            asking.keep(call.awaitEnd(asking.budgets().request())));
                    leave(running);
                }
            }
        });
    }

    @When("the client asks for the same {int} times at once")
    public void atOnce(int times) throws InterruptedException {
        world.act(() -> {
            List<GenerationRequest> requests = new ArrayList<>();
            for (int n = 0; n < times; n++) {
                requests.add(n % 2 == 0 ? conditions.greedy() : conditions.seeded());
            }
            together("%d times at once".formatted(times), requests);
        });
    }

    @When("another process of the same worker is asked twice")
    public void freshProcess() throws InterruptedException {
        world.act(() -> {
            LaunchedWorker other;
            try {
                other = world.closing(world.launcher().start());
            } catch (LaunchFailure failure) {
                throw world.inconclusive(
                        "no second process could be started beside the first: " + failure.getMessage());
            }
            Target target = world.target().movedTo(other.url());
            WorkerClient client = world.openClient(target, Connections.FRESH);
            for (String when : List.of("as the first of a fresh process", "as a later one of a fresh process")) {
                for (GenerationRequest request : List.of(conditions.greedy(), conditions.seeded())) {
                    conditions.later(
                            when,
                            asking.keep(client.send(
                                    world.wire().call("generate", request),
                                    asking.budgets().request())));
                }
            }
        });
    }

    private void together(String when, List<GenerationRequest> requests) throws InterruptedException {
        List<StreamingCall> calls = requests.stream().map(asking::open).toList();
        for (StreamingCall call : calls) {
            later(when, asking.keep(call.awaitEnd(asking.budgets().request())));
        }
    }

    /** A worker may be too busy for many; with few it is judged by its word. */
    private void later(String when, Generation generation) {
        boolean known = !conditions.later().isEmpty();
        if (!(known && generation.busy())) {
            conditions.later(when, generation);
        }
    }

    private List<StreamingCall> others(int count) {
        List<StreamingCall> running = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            GenerationRequest other = GenerationRequest.greedy(
                            world.newJobId(),
                            "Once there were %d birds in the garden, and".formatted(n + 2),
                            OTHERS_TOKENS)
                    .withTemperature(1.0)
                    .withSeed(BigInteger.valueOf(n));
            running.add(asking.open(other));
        }
        return running;
    }

    private static void leave(List<StreamingCall> calls) {
        calls.forEach(StreamingCall::close);
    }
}
