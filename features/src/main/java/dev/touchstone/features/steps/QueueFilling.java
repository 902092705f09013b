package dev.touchstone.features.steps;

import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.NativeWire;
import dev.touchstone.harness.client.StreamingCall;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Fills a worker's queue with long jobs until it refuses one, and empties it again. Not thread-safe. */
final class QueueFilling {
    /** A worker that answers late under such a crowd should be seen to refuse before it is asked much more. */
    private static final int LOOK_EVERY = 16;

    private static final Duration LOOK = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int MORE_REFUSALS = 3;
    /** A refusal that comes later than so many times the budget is as good as none. */
    private static final int LATE = 5;

    private final World world;
    private final Asking asking;
    private final String prompt;
    private final int tokens;
    private final List<GenerationRequest> requests = new ArrayList<>();
    private final List<StreamingCall> calls = new ArrayList<>();
    private int mostUnderWay;
    private int unanswered;
    private boolean waited;

    QueueFilling(World world, Asking asking, String prompt, int tokens) {
        this.world = world;
        this.asking = asking;
        this.prompt = prompt;
        this.tokens = tokens;
    }

    /** How many requests were taken and not over, at most. */
    int mostUnderWay() {
        return mostUnderWay;
    }

    /** How many of them had no answer at all when this looked last. */
    int unanswered() {
        return unanswered;
    }

    /** Keeps refusals under {@code refusals}; none where the worker takes all, or is quicker than the client. */
    void fill(int most) throws InterruptedException {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (mostUnderWay < most && calls.size() < 2 * most && System.nanoTime() < until) {
            ask();
            if (calls.size() % LOOK_EVERY == 0) {
                boolean answered = calls.getLast().awaitHead(LOOK);
                if (refused() || (!answered && refusedLate())) {
                    again();
                    return;
                }
            }
        }
        refused();
    }

    /** Waits once for an answer that is late, for it may be a refusal, and asking for more would not make it come. */
    private boolean refusedLate() throws InterruptedException {
        if (waited) {
            return false;
        }
        waited = true;
        calls.getLast().awaitHead(asking.budgets().head().multipliedBy(LATE));
        return refused();
    }

    private void ask() {
        var request = GenerationRequest.greedy(world.newJobId(), prompt, tokens);
        requests.add(request);
        calls.add(world.closing(asking.open(request)));
    }

    /** Looks through all calls; keeps what was refused. */
    private boolean refused() throws InterruptedException {
        int underWay = 0;
        int silent = 0;
        boolean any = false;
        for (StreamingCall call : List.copyOf(calls)) {
            Exchange seen = call.soFar();
            boolean broken = seen.head().isEmpty() && seen.end() instanceof BodyEnd.Cut;
            if (broken || (seen.head().isPresent() && seen.status() != 200)) {
                world.add("refusals", call.awaitEnd(asking.budgets().head().multipliedBy(2)));
                calls.remove(call);
                any = true;
            } else if (seen.end() instanceof BodyEnd.TimedOut) {
                underWay++;
                silent += seen.head().isEmpty() ? 1 : 0;
            }
        }
        unanswered = silent;
        // Where one was refused, the others may have been, too, when this looked at them before.
        mostUnderWay = any ? underWay : Math.max(mostUnderWay, underWay);
        return any;
    }

    /** A queue that was full a moment ago is asked again, for the quickest refusal counts. */
    private void again() throws InterruptedException {
        for (int n = 0; n < MORE_REFUSALS; n++) {
            ask();
            if (calls.getLast().awaitHead(asking.budgets().head())) {
                refused();
            }
        }
    }

    /** Has every job cancelled, where that can be said, and hangs up. */
    void empty() throws InterruptedException {
        if (world.wire() instanceof NativeWire) {
            for (GenerationRequest request : requests.reversed()) {
                asking.send(Call.postJson("cancel", "/cancel", "{\"job_id\":\"" + request.jobId() + "\"}"));
            }
        }
        calls.forEach(StreamingCall::abandon);
    }
}
