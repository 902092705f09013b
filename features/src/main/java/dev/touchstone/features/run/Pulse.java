package dev.touchstone.features.run;

import dev.touchstone.harness.target.Budgets;
import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Chunk;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.ResponseHead;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Notices that a worker has stopped answering, so that a run against a hung or dead one stays short: after
 * {@link #ENOUGH} exchanges in a row that met nobody, that the worker left without a byte until the kit gave up, or
 * that had no end when the time for a whole one was over, nothing more is sent. Silence is told of each path by itself, for health may go on while the engine hangs.
 * Thread-safe.
 */
final class Pulse {

    /** One may be bad luck. */
    static final int ENOUGH = 2;

    private final Budgets budgets;
    private final String base;
    private final List<Exchange> latest = new ArrayList<>();

    Pulse(Target target) {
        this.budgets = target.budgets();
        this.base = target.url("/");
    }

    /** Takes what an ended scenario exchanged. */
    synchronized void add(List<Exchange> exchanges) {
        latest.addAll(exchanges);
    }

    /** Why nothing should be sent to this path; one sentence. */
    synchronized Optional<String> silence(String path, List<Exchange> soFar) {
        List<Exchange> all = new ArrayList<>(latest);
        all.addAll(soFar);
        List<Exchange> any = last(all, e -> true);
        if (any.size() == ENOUGH && any.stream().allMatch(Pulse::metNobody)) {
            return Optional.of("the worker has stopped answering: %s, %d times in a row"
                    .formatted(((BodyEnd.Cut) any.getFirst().end()).reason(), ENOUGH));
        }
        List<Exchange> same = last(all, e -> path(e).endsWith(withoutQuery(path)));
        if (same.size() == ENOUGH && same.stream().allMatch(this::leftInSilence)) {
            return Optional.of("the worker has stopped answering: %d requests in a row to %s got no byte for %s"
                    .formatted(ENOUGH, withoutQuery(path), words(budgets.idle())));
        }
        if (same.size() == ENOUGH && same.stream().allMatch(this::neverDone)) {
            return Optional.of("the worker does not come to an end: %d requests in a row to %s were not done after %s"
                    .formatted(ENOUGH, withoutQuery(path), words(budgets.request())));
        }
        return Optional.empty();
    }

    /** The latest exchanges of a kind, the last first, without those on which the kit hung up by itself. */
    private List<Exchange> last(List<Exchange> all, Predicate<Exchange> kind) {
        return all.reversed().stream()
                // further processes of the worker that a scenario started and stopped say nothing of this one
                .filter(e -> e.request().url().startsWith(base))
                .filter(e -> !(e.end() instanceof BodyEnd.Abandoned))
                .filter(kind)
                .limit(ENOUGH)
                .toList();
    }

    private static boolean metNobody(Exchange exchange) {
        return exchange.end() instanceof BodyEnd.Cut cut
                && (cut.reason().equals(BodyEnd.Cut.REFUSED) || cut.reason().equals(BodyEnd.Cut.NO_CONNECTION));
    }

    private boolean leftInSilence(Exchange exchange) {
        long lastByte = exchange.chunks().isEmpty()
                ? exchange.head().map(ResponseHead::nanos).orElse(0L)
                : exchange.chunks().stream().mapToLong(Chunk::nanos).max().orElse(0L);
        // a tenth less, since the socket's clock is not ours
        return exchange.end() instanceof BodyEnd.TimedOut timeout
                && timeout.nanos() - lastByte >= budgets.idle().toNanos() / 10 * 9;
    }

    /** Whether bytes went on coming, one now and then perhaps, for as long as the kit waits for a whole answer. */
    private boolean neverDone(Exchange exchange) {
        return exchange.end() instanceof BodyEnd.TimedOut timeout
                && timeout.nanos() >= budgets.request().toNanos() / 10 * 9;
    }

    private static String path(Exchange exchange) {
        return URI.create(exchange.request().url()).getPath();
    }

    private static String withoutQuery(String path) {
        return path.split("\\?", 2)[0];
    }

    private static String words(Duration idle) {
        return idle.toMillis() % 1000 == 0 ? idle.toSeconds() + " s" : idle.toMillis() + " ms";
    }
}
