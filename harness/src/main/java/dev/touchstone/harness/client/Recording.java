package dev.touchstone.harness.client;

import dev.touchstone.harness.sse.SseEvent;
import dev.touchstone.harness.sse.SseReader;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Chunk;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.RecordingRoom;
import dev.touchstone.harness.transcript.RequestRecord;
import dev.touchstone.harness.transcript.ResponseHead;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * What one thread records of an exchange while others wait for it. The first end wins: whatever arrives after it is
 * not recorded.
 */
final class Recording implements StreamingCall {

    /** What an event read from a line takes of the memory beside its text. */
    private static final int BYTES_PER_LINE = 32;
    /** A body that takes no more than this is always recorded, whatever the scenario has used up before. */
    private static final long ALWAYS = 64 * 1024;

    /** The reason where the reading thread is done and has not said why. */
    static final String NO_END = "the exchange ended without an end of its body";

    private final int number;
    private final String label;
    private final long bodyLimit;
    private final RecordingRoom room;
    private final Duration closing;
    private final LongSupplier nanoTime;
    private final Consumer<Recording> ended;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Chunk> chunks = new ArrayList<>();
    private final SseReader events = new SseReader();
    private int chunksParsed;
    private int eventsLookedAt;
    private boolean terminalSeen;
    private long bodyBytes;
    private long bodyWeight;
    private long origin;
    private RequestRecord request;
    private Runnable hangUp = () -> {};
    private Optional<ResponseHead> head = Optional.empty();
    private Optional<BodyEnd> whole = Optional.empty();
    private Optional<BodyEnd> end = Optional.empty();
    /** Whether the end is in the transcript; until then no waiter sees it. */
    private boolean published;

    /**
     * @param bodyLimit in bytes, of the body and of what its parts take of the memory
     * @param room shared with the scenario's other exchanges
     * @param closing how long the body may stay open after a terminal event before a waiter for its end gives up
     */
    Recording(
            int number,
            String label,
            RequestRecord request,
            long bodyLimit,
            RecordingRoom room,
            Duration closing,
            LongSupplier nanoTime,
            Consumer<Recording> ended) {
        this.number = number;
        this.label = label;
        this.request = request;
        this.bodyLimit = bodyLimit;
        this.room = room;
        this.closing = closing;
        this.nanoTime = nanoTime;
        this.ended = ended;
        this.origin = nanoTime.getAsLong();
    }

    /** Sets what breaks the connection; run at once where the end is already known. */
    void hangUpBy(Runnable action) {
        boolean late;
        lock.lock();
        try {
            hangUp = action;
            late = end.isPresent();
        } finally {
            lock.unlock();
        }
        if (late) {
            action.run();
        }
    }

    /** The connection stands and the request goes out now: times count from here. */
    void sending(RequestRecord asSent) {
        update(() -> {
            request = asSent;
            origin = nanoTime.getAsLong();
        });
    }

    void head(String protocol, int status, List<Map.Entry<String, String>> headers, long at) {
        update(() -> head = Optional.of(new ResponseHead(protocol, status, List.copyOf(headers), at - origin)));
    }

    /** Appends bytes of the body. Returns false once no more are wanted. */
    boolean body(byte[] bytes, SocketReads reads) {
        boolean tooLarge;
        long recorded;
        lock.lock();
        try {
            if (end.isPresent()) {
                return false;
            }
            var chunk = new Chunk(bodyBytes, bytes, reads.at() - origin, reads.number());
            chunks.add(chunk);
            reads.recorded();
            bodyBytes += bytes.length;
            recorded = Math.min(bodyBytes, bodyLimit);
            tooLarge = bodyBytes > bodyLimit || outweighs(chunk);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (tooLarge) {
            finish(new BodyEnd.TooLarge(sinceOrigin(), recorded));
        }
        return !tooLarge;
    }

    /** Whether the body, many small parts perhaps, takes more of the memory than it may. */
    private boolean outweighs(Chunk chunk) {
        long before = Math.max(ALWAYS, bodyWeight);
        bodyWeight += chunk.weight() + BYTES_PER_LINE * lineEnds(chunk.bytes());
        return bodyWeight > ALWAYS && (bodyWeight > bodyLimit || !room.take(bodyWeight - before));
    }

    private static long lineEnds(byte[] bytes) {
        long count = 0;
        for (byte value : bytes) {
            count += value == '\n' || value == '\r' ? 1 : 0;
        }
        return count;
    }

    /**
     * The last byte of the body was read at that moment. The end itself waits until the connection is free again, else
     * the next request could not use it: whatever end is given from now on is {@code Complete}.
     */
    void whole(long at) {
        update(() -> whole = Optional.of(new BodyEnd.Complete(at - origin)));
    }

    void cut(String reason) {
        finish(new BodyEnd.Cut(sinceOrigin(), reason));
    }

    void timedOut() {
        finish(new BodyEnd.TimedOut(sinceOrigin()));
    }

    private void finish(BodyEnd otherwise) {
        BodyEnd how;
        Runnable action;
        lock.lock();
        try {
            if (end.isPresent()) {
                return;
            }
            how = whole.orElse(otherwise);
            end = Optional.of(how);
            action = hangUp;
        } finally {
            lock.unlock();
        }
        // Recorded before waiters wake, so that whoever sees the end also finds it in the transcript.
        ended.accept(this);
        if (!(how instanceof BodyEnd.Complete)) {
            action.run();
        }
        update(() -> published = true);
    }

    private void update(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private long sinceOrigin() {
        return nanoTime.getAsLong() - origin;
    }

    boolean hasEnded() {
        lock.lock();
        try {
            return end.isPresent();
        } finally {
            lock.unlock();
        }
    }

    boolean hasHead() {
        lock.lock();
        try {
            return head.isPresent();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean awaitHead(Duration limit) throws InterruptedException {
        return await(limit, () -> head.isPresent() || published, () -> head.isPresent());
    }

    @Override
    public boolean awaitEvents(int count, Duration limit) throws InterruptedException {
        return await(limit, () -> events() >= count || published, () -> events() >= count);
    }

    @Override
    public Exchange awaitEnd(Duration limit) throws InterruptedException {
        if (!await(limit, () -> published || terminalSeen(), () -> published)
                && !await(terminal() ? closing : Duration.ZERO, () -> published, () -> published)) {
            timedOut();
        }
        return soFar();
    }

    private boolean terminal() {
        lock.lock();
        try {
            return terminalSeen();
        } finally {
            lock.unlock();
        }
    }

    /** Whether an event came after which nothing may follow but the end of the body. */
    private boolean terminalSeen() {
        int count = events();
        terminalSeen |= events.eventsFrom(eventsLookedAt).stream().anyMatch(Recording::isLast);
        eventsLookedAt = count;
        return terminalSeen;
    }

    /** The last event of a stream, in either dialect. */
    private static boolean isLast(SseEvent event) {
        return event.type().equals("end")
                || event.type().equals("error")
                || event.data().equals("[DONE]");
    }

    private boolean await(Duration limit, BooleanSupplier done, BooleanSupplier outcome) throws InterruptedException {
        long left = limit.toNanos();
        lock.lock();
        try {
            while (!done.getAsBoolean() && left > 0) {
                left = changed.awaitNanos(left);
            }
            return outcome.getAsBoolean();
        } finally {
            lock.unlock();
        }
    }

    /** Parses what has arrived since the last look; done by the waiter, so that the reading thread loses no time. */
    private int events() {
        while (chunksParsed < chunks.size()) {
            events.push(chunks.get(chunksParsed++));
        }
        return events.eventCount();
    }

    @Override
    public void abandon() {
        finish(new BodyEnd.Abandoned(sinceOrigin()));
    }

    @Override
    public Exchange soFar() {
        lock.lock();
        try {
            BodyEnd how = end.orElseGet(() -> new BodyEnd.TimedOut(sinceOrigin()));
            return new Exchange(number, label, request, head, chunks, how);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        abandon();
    }

    @Override
    public String toString() {
        return number + " " + label + " since " + TimeUnit.NANOSECONDS.toMillis(sinceOrigin()) + " ms";
    }
}
