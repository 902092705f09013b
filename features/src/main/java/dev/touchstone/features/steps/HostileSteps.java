package dev.touchstone.features.steps;

import dev.touchstone.harness.check.BodyDefence;
import dev.touchstone.harness.check.RequestFraming;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.RawConnection;
import dev.touchstone.harness.transcript.Exchange;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Requests that are slow, enormous, idle or ambiguous. Public because Cucumber makes it. */
public final class HostileSteps {
    private static final String PROMPT = "one two three four one two three";
    private static final Duration MARGIN = Duration.ofSeconds(2);
    private static final Duration A_BYTE_EACH = Duration.ofSeconds(1);
    private static final int DEPTH = 100_000;

    private final World world;
    private final Asking asking;

    public HostileSteps(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
    }

    @When("clients begin requests and do not finish them, or send a byte each second")
    public void slow() throws InterruptedException {
        world.act(() -> {
            var bytes = new HostileBytes(world);
            Duration limit = asking.budgets().slowBody().plus(MARGIN);
            world.settled();
            RawConnection head = open("a request with half a head", bytes.halfAHead());
            RawConnection body = open("a request with half a body", bytes.halfABody());
            RawConnection trickle = open("a request that sends a byte each second", bytes.halfABody());
            while (!trickle.hasEnded() && trickle.answer().soFar().end().nanos() < limit.toNanos()) {
                trickle.answer().awaitHead(A_BYTE_EACH);
                trickle.send(new byte[] {' '});
            }
            for (RawConnection connection : List.of(trickle, head, body)) {
                world.add(
                        "slow",
                        connection.awaitEnd(limit.minusNanos(Math.min(
                                limit.toNanos() - 1,
                                connection.answer().soFar().end().nanos()))));
            }
        });
    }

    @Then("each is cut off in time")
    public void cutOff() {
        world.record(BodyDefence.slow(
                world.recallAll("slow", Exchange.class),
                asking.budgets().slowBody().plus(MARGIN)));
    }

    @When("{int} clients connect and send nothing")
    public void idle(int clients) throws InterruptedException {
        world.act(() -> {
            List<RawConnection> idle = new ArrayList<>();
            for (int n = 0; n < clients; n++) {
                idle.add(open("idle", new byte[0]));
            }
            int connected = 0;
            for (RawConnection connection : idle) {
                boolean sent = connection.awaitSent(asking.budgets().connect());
                connected += sent && !connection.hasEnded() ? 1 : 0;
            }
            world.remember("connected", connected);
            world.remember("clients", clients);
            String path = world.target().healthPath().orElse(world.wire().path());
            world.remember("health", asking.send(Call.get("health beside idle connections", path)));
            asking.greedy(PROMPT, 1);
        });
    }

    @Then("another client is served all the same")
    public void served() {
        world.record(BodyDefence.idle(
                world.recall("connected", Integer.class),
                world.recall("clients", Integer.class),
                world.recall("health", Exchange.class),
                asking.latest(),
                asking.budgets().head()));
    }

    @When("clients begin to send {int} MB: by its true length, in chunks, and behind a false length")
    public void floods(int megabytes) throws InterruptedException {
        world.act(() -> {
            long whole = megabytes * 1_000_000L;
            world.remember("whole", whole);
            Duration limit = asking.budgets().slowBody().plus(MARGIN);
            for (Flood flood : new HostileBytes(world).floods(whole)) {
                Flood.Outcome outcome = flood.send(world, whole, limit);
                world.add("floods", flood.how());
                world.add("sent", outcome.sent());
                world.add("flooded", outcome.answer());
            }
            world.remember("health", health());
        });
    }

    @Then("each is refused before it is read")
    public void refusedUnread() {
        List<BodyDefence.Flood> floods = new ArrayList<>();
        List<String> how = world.recallAll("floods", String.class);
        for (int n = 0; n < how.size(); n++) {
            floods.add(new BodyDefence.Flood(
                    how.get(n),
                    world.recallAll("flooded", Exchange.class).get(n),
                    world.recallAll("sent", Long.class).get(n),
                    world.recall("whole", Long.class)));
        }
        world.record(BodyDefence.floods(floods, world.recall("health", Exchange.class)));
    }

    @When("the client sends JSON that is nested 100,000 deep")
    public void nested() throws InterruptedException {
        world.act(() -> {
            String path = world.wire().path();
            String id = world.newJobId();
            for (Map.Entry<String, String> nested : Map.of(
                            "as arrays", "[".repeat(DEPTH) + "]".repeat(DEPTH),
                            "as objects", "{\"a\":".repeat(DEPTH) + "1" + "}".repeat(DEPTH),
                            "within a member",
                                    "{\"job_id\":\"" + id + "\",\"prompt\":" + "[".repeat(DEPTH) + "]".repeat(DEPTH)
                                            + "}",
                            "without an end", "[".repeat(DEPTH))
                    .entrySet()) {
                world.add("nested", asking.send(Call.postJson(nested.getKey(), path, nested.getValue())));
            }
            world.remember("health", health());
        });
    }

    @Then("each is refused, and the worker lives")
    public void refusedAndAlive() {
        world.record(
                BodyDefence.nested(world.recallAll("nested", Exchange.class), world.recall("health", Exchange.class)));
    }

    @When("the client sends requests whose framing can be read in two ways, each with a request hidden behind it")
    public void ambiguous() throws InterruptedException {
        world.act(() -> {
            for (Map.Entry<String, byte[]> request :
                    new HostileBytes(world).ambiguous().entrySet()) {
                RawConnection connection = world.closing(
                        world.raw().open(request.getKey(), request.getValue(), RawConnection.Reading.EVERYTHING));
                world.add("ambiguous", connection.awaitEnd(asking.budgets().close()));
            }
        });
    }

    @Then("each is refused with 400, its connection closed, and the hidden request never answered")
    public void refusedAndClosed() {
        world.record(RequestFraming.judge(world.recallAll("ambiguous", Exchange.class)));
    }

    private Exchange health() throws InterruptedException {
        if (world.target().healthPath().isPresent()) {
            return asking.health();
        }
        return asking.greedy(PROMPT, 1).exchange();
    }

    private RawConnection open(String label, byte[] bytes) {
        return world.closing(world.raw().open(label, bytes, RawConnection.Reading.ONE_ANSWER));
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
