package dev.touchstone.features.steps;

import dev.touchstone.harness.check.Abandonment;
import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.check.StalledReader;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.OpenAiWire;
import dev.touchstone.harness.client.RawConnection;
import dev.touchstone.harness.client.StreamingCall;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.transcript.Exchange;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Clients that go away, and clients that do not read. Public because Cucumber makes it. */
public final class DisconnectSteps {
    private static final int PROBE_TOKENS = 2;
    private static final int EVENTS_BEFORE_LEAVING = 3;
    private static final int MOST_CLIENTS = 12;
    /** What the abandoned jobs owe should be so many times what the next may take. */
    private static final int TELLING = 5;

    private static final Duration SETTLE = Duration.ofMillis(20);
    private static final Duration AFTER_HALF_CLOSE = Duration.ofMillis(100);

    private static final Duration SERVED = Duration.ofMillis(800);
    private static final int MOST_SERVED_TOKENS = 512;

    private static final int STALLED = 2;
    /** More than a worker's small send buffer, and too little for a large one, which would take far too long to fill. */
    private static final int ENOUGH_BYTES = 160 * 1024;

    /** As long as clients go away one after another, if there are that many. */
    private static final Duration LEAVING = Duration.ofSeconds(15);

    private static final Duration FILLING = Duration.ofSeconds(16);

    private static final Duration STALLED_JOB = Duration.ofMillis(500);
    private static final Duration MARGIN = Duration.ofSeconds(2);
    private static final Duration BETWEEN_CALLS = Duration.ofMillis(500);
    private static final int LOOKS_PER_REQUEST = 3;

    private final World world;
    private final Asking asking;

    public DisconnectSteps(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
    }

    /** How a client goes away. */
    private enum Way {
        FIN("by FIN"),
        RST("by RST"),
        HALF_CLOSE("by a half-close"),
        UNSTREAMED("by FIN, without a stream");

        private final String words;

        Way(String words) {
            this.words = words;
        }
    }

    @When("clients that run or wait for long texts go away, and another asks right after, continuing:")
    public void goAway(String prompt) throws InterruptedException {
        world.act(() -> {
            Pace pace = Pace.measure(world, asking, prompt);
            for (int n = 0; n < 2; n++) {
                world.add("alone", asking.greedy(prompt, PROBE_TOKENS).exchange());
            }
            for (Way way : Way.values()) {
                if (way != Way.UNSTREAMED || world.wire() instanceof OpenAiWire) {
                    leave(way, prompt, pace);
                    world.add("ways", way.words);
                    Exchange next = asking.greedy(prompt, PROBE_TOKENS).exchange();
                    world.add("next", next);
                    if (next.head().isEmpty()) {
                        // What one departure did to such a worker is judged, and there may be nobody left to leave.
                        return;
                    }
                }
            }
        });
    }

    @Then("the next request starts in time after each departure")
    public void startsInTime() {
        List<Abandonment.Departure> departures = new ArrayList<>();
        List<Exchange> next = world.recallAll("next", Exchange.class);
        for (int n = 0; n < next.size(); n++) {
            departures.add(new Abandonment.Departure(
                    world.recallAll("ways", String.class).get(n),
                    Generation.of(next.get(n)),
                    world.recallAll("owed", Duration.class).get(n)));
        }
        List<Generation> alone = world.recallAll("alone", Exchange.class).stream()
                .map(Generation::of)
                .toList();
        world.record(Abandonment.judge(alone, departures, asking.budgets().disconnect()));
    }

    @When("{int} clients go away in the middle of their texts, one after another, and one more asks, continuing:")
    public void goAwayOneByOne(int clients, String prompt) throws InterruptedException {
        world.act(() -> {
            for (int n = 0; n < 2; n++) {
                world.add("alone", asking.greedy(prompt, PROBE_TOKENS).exchange());
            }
            long begun = System.nanoTime();
            int left = 0;
            // Where nothing comes any more, or all takes long, what the next one meets tells the rest.
            for (boolean running = true; running && left < clients && isWithin(begun, LEAVING); left++) {
                Way way = left % 2 == 0 ? Way.FIN : Way.RST;
                var connection = open(way, GenerationRequest.greedy(world.newJobId(), prompt, asking.longest()));
                running = connection
                        .answer()
                        .awaitEvents(EVENTS_BEFORE_LEAVING, asking.budgets().request());
                leave(way, List.of(connection));
            }
            world.remember("clients", left);
            world.add("next", asking.greedy(prompt, PROBE_TOKENS).exchange());
        });
    }

    private static boolean isWithin(long begun, Duration limit) {
        return System.nanoTime() - begun < limit.toNanos();
    }

    @Then("the next request starts in time after all of them")
    public void nothingIsUsedUp() {
        List<Generation> next = world.recallAll("next", Exchange.class).stream()
                .map(Generation::of)
                .toList();
        world.record(Abandonment.nothingUsedUp(
                world.recallAll("alone", Exchange.class).stream()
                        .map(Generation::of)
                        .toList(),
                next.getFirst(),
                world.recall("clients", Integer.class),
                asking.budgets().disconnect()));
    }

    @When("clients leave the queue while another is served, continuing:")
    public void leaveTheQueue(String prompt) throws InterruptedException {
        world.act(() -> {
            int tokens = Pace.measure(world, asking, prompt)
                    .tokensIn(SERVED, Math.min(MOST_SERVED_TOKENS, asking.longest()));
            for (int n = 0; n < 2; n++) {
                world.add("baselines", asking.greedy(prompt, tokens).exchange());
            }
            var request = GenerationRequest.greedy(world.newJobId(), prompt, tokens);
            try (StreamingCall running = asking.open(request)) {
                running.awaitEvents(1, asking.budgets().request());
                int left = 0;
                for (Way way : List.of(Way.FIN, Way.RST, Way.HALF_CLOSE)) {
                    var queued = open(way, GenerationRequest.greedy(world.newJobId(), prompt, asking.longest()));
                    queued.answer().awaitHead(SETTLE);
                    leave(way, List.of(queued));
                    left++;
                }
                world.remember("left", left);
                world.remember(
                        "running",
                        asking.keep(running.awaitEnd(asking.budgets().request()))
                                .exchange());
            }
        });
    }

    @Then("the one that is served gets its whole text")
    public void undisturbed() {
        world.record(Abandonment.undisturbed(
                world.recallAll("baselines", Exchange.class).stream()
                        .map(Generation::of)
                        .toList(),
                Generation.of(world.recall("running", Exchange.class)),
                world.recall("left", Integer.class)));
    }

    private void leave(Way way, String prompt, Pace pace) throws InterruptedException {
        int longest = asking.longest();
        Duration one = pace.of(longest);
        Duration wanted = asking.budgets().disconnect().plus(pace.first()).multipliedBy(TELLING);
        int clients = Math.clamp(wanted.toNanos() / one.toNanos() + 1, 2, MOST_CLIENTS);
        List<RawConnection> connections = new ArrayList<>();
        for (int n = 0; n < clients; n++) {
            var request = GenerationRequest.greedy(world.newJobId(), prompt, longest);
            connections.add(open(way, request));
            if (n == 0 && way != Way.UNSTREAMED) {
                connections
                        .getFirst()
                        .answer()
                        .awaitEvents(EVENTS_BEFORE_LEAVING, asking.budgets().request());
            } else {
                connections.getLast().answer().awaitHead(n == 0 ? pace.first().plus(SETTLE) : SETTLE);
            }
        }
        world.add("owed", one.multipliedBy(clients));
        leave(way, connections);
    }

    private RawConnection open(Way way, GenerationRequest request) throws InterruptedException {
        Call call = way == Way.UNSTREAMED && world.wire() instanceof OpenAiWire openai
                ? openai.whole("go away", request)
                : world.wire().call("go away", request);
        RawConnection connection =
                world.closing(world.raw().open(way.words, world.raw().bytes(call), RawConnection.Reading.ONE_ANSWER));
        connection.awaitSent(asking.budgets().connect());
        return connection;
    }

    private static void leave(Way way, List<RawConnection> connections) throws InterruptedException {
        if (way == Way.HALF_CLOSE) {
            connections.forEach(RawConnection::sendNoMore);
            connections.getFirst().answer().awaitEvents(Integer.MAX_VALUE, AFTER_HALF_CLOSE);
        }
        for (RawConnection connection : connections) {
            if (way == Way.RST) {
                connection.reset();
            } else {
                connection.close();
            }
        }
    }

    @When("clients ask for long texts and do not read them, while others ask, continuing:")
    public void doNotRead(String prompt) throws InterruptedException {
        world.act(() -> {
            Pace pace = Pace.measure(world, asking, prompt);
            int tokens = pace.tokensIn(STALLED_JOB, asking.longest());
            Generation alone = asking.greedy(prompt, tokens);
            Duration one = Duration.ofNanos(Math.max(1_000_000, alone.durationNanos()));
            int enough = ENOUGH_BYTES / Math.max(1, alone.exchange().body().length) + 1;
            int asked = Math.clamp(FILLING.dividedBy(one.multipliedBy(STALLED)), 1, enough);
            world.remember("asked", asked);
            // Generous, for a kit and a worker on a busy machine: a blocked worker serves nobody for two timeouts.
            Duration timeout = asking.budgets().writeTimeout();
            world.remember("allowed", one.multipliedBy(3L * STALLED).plus(timeout.dividedBy(2)));
            List<RawConnection> stalled = new ArrayList<>();
            for (int n = 0; n < STALLED; n++) {
                stalled.add(stall(prompt, tokens, asked));
            }
            for (int n = 0; n < 2; n++) {
                world.add("others", asking.greedy(prompt, PROBE_TOKENS).exchange());
            }
            waitForTheWriteTimeout(prompt, stalled.getFirst(), one.multipliedBy((long) STALLED * asked));
            world.remember(
                    "resumed",
                    Duration.ofNanos(stalled.getLast().answer().soFar().end().nanos()));
            stalled.forEach(RawConnection::resume);
            Duration patience = one.multipliedBy(STALLED).plus(MARGIN);
            for (RawConnection connection : stalled) {
                world.add("stalled", connection.awaitEnd(patience));
            }
        });
    }

    @Then("the others and health are served, and who does not read is cut off")
    public void cutOff() {
        world.record(StalledReader.judge(
                world.recallAll("others", Exchange.class).stream()
                        .map(Generation::of)
                        .toList(),
                world.recallAll("health", Exchange.class),
                world.recall("allowed", Duration.class),
                asking.budgets().head(),
                world.recallAll("stalled", Exchange.class),
                world.recall("asked", Integer.class),
                world.recall("resumed", Duration.class)));
    }

    /** One stream behind the other (RFC 9112, section 9.3.2), so that no buffer of a socket takes them all. */
    private RawConnection stall(String prompt, int tokens, int streams) throws InterruptedException {
        var bytes = new ByteArrayOutputStream();
        for (int n = 0; n < streams; n++) {
            var request = GenerationRequest.greedy(world.newJobId(), prompt, tokens);
            bytes.writeBytes(world.raw().bytes(world.wire().call("not read", request)));
        }
        RawConnection connection =
                world.closing(world.raw().open("not read", bytes.toByteArray(), RawConnection.Reading.NOTHING));
        connection.awaitSent(asking.budgets().connect());
        return connection;
    }

    /**
     * Others ask, for health and for text, until the write timeout must have struck, even where the worker looks for it
     * but now and then.
     *
     * @param filling how long it takes until no buffer takes any more
     */
    private void waitForTheWriteTimeout(String prompt, RawConnection stalled, Duration filling)
            throws InterruptedException {
        Duration timeout = asking.budgets().writeTimeout();
        long limit = timeout.plus(timeout.dividedBy(3)).plus(filling).toNanos();
        for (int n = 0; stalled.answer().soFar().end().nanos() < limit; n++) {
            if (n % LOOKS_PER_REQUEST == 0) {
                // a worker may be blocked only once no buffer takes any more
                world.add("others", asking.greedy(prompt, PROBE_TOKENS).exchange());
            }
            if (world.target().healthPath().isPresent()) {
                world.add("health", asking.health());
            }
            stalled.answer().awaitHead(BETWEEN_CALLS);
        }
    }
}
