package dev.touchstone.harness.transcript;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The exchanges of one scenario, each added once it has ended. Thread-safe. */
public final class Transcript {

    private final AtomicInteger numbers = new AtomicInteger();
    private final ConcurrentHashMap<Integer, Exchange> ended = new ConcurrentHashMap<>();

    private final RecordingRoom room;

    /** A transcript with room for {@link RecordingRoom#DEFAULT_BYTES}. */
    public Transcript() {
        this(new RecordingRoom(RecordingRoom.DEFAULT_BYTES));
    }

    public Transcript(RecordingRoom room) {
        this.room = room;
    }

    /** What is left for the bodies of its exchanges. */
    public RecordingRoom room() {
        return room;
    }

    /** Takes the running number of an exchange that begins now; the first is 1. */
    public int nextNumber() {
        return numbers.incrementAndGet();
    }

    /** Adds an exchange that has ended. */
    public void add(Exchange exchange) {
        ended.put(exchange.number(), exchange);
    }

    /** The ended exchanges in the order in which they were begun. */
    public List<Exchange> exchanges() {
        return ended.values().stream()
                .sorted(Comparator.comparingInt(Exchange::number))
                .toList();
    }

    /** The ended exchange that was begun last. */
    public Optional<Exchange> last() {
        return ended.values().stream().max(Comparator.comparingInt(Exchange::number));
    }
}
