package dev.touchstone.worker.engine.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The caller and a fixed number of daemon threads that run one task together and meet at barriers. A member that waits
 * spins for some microseconds, then parks: steps of a small model are far shorter than a wake-up, but an idle team must
 * leave the processor to others. On busy cores a member may lose its core in the middle of a step, and the others would
 * wait a time slice for it; when the caller has spent most of a run so, it works alone for a while before it tries
 * again. One caller at a time.
 */
final class Team implements AutoCloseable {

    /** What each member runs; all of them call {@link Team#meet} equally often. */
    interface Task {
        void run(int member);
    }

    private static final int SPINS = 2_000;

    /** A wait that only a lost core explains; other waits are for microseconds. */
    private static final long STALL_NANOS = 500_000;

    private static final long LEAST_ALONE_NANOS = 20_000_000;
    private static final long MOST_ALONE_NANOS = 1_000_000_000;

    private final int members;
    private final AtomicInteger arrived = new AtomicInteger();
    private final AtomicReferenceArray<@Nullable Thread> parked;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Thread[] threads;
    private volatile int phase;
    private volatile @Nullable Task task;
    private volatile boolean closed;

    /** Members that take part in the present run. */
    private int active;

    private long aloneUntil;
    private long nextAlone = LEAST_ALONE_NANOS;
    private long stalledNanos;

    /** @param members the caller included, 1 or more */
    Team(int members) {
        this.members = members;
        this.active = members;
        this.aloneUntil = System.nanoTime();
        this.parked = new AtomicReferenceArray<>(members);
        this.threads = new Thread[members - 1];
        for (int m = 1; m < members; m++) {
            int member = m;
            threads[m - 1] =
                    Thread.ofPlatform().daemon().name("engine-cpu-" + m).start(() -> work(member));
        }
    }

    int members() {
        return members;
    }

    /** Members among whom the running task is shared: all of them, or the caller alone. */
    int active() {
        return active;
    }

    /** Runs {@code work} on the active members and waits for all. A member's failure is thrown here and breaks the team. */
    void run(Task work) {
        long start = System.nanoTime();
        active = members == 1 || start - aloneUntil < 0 ? 1 : members;
        if (active == 1) {
            work.run(0);
            return;
        }
        stalledNanos = 0;
        task = work;
        await(0);
        attempt(work, 0);
        await(0);
        long end = System.nanoTime();
        if (2 * stalledNanos > end - start) {
            aloneUntil = end + nextAlone;
            nextAlone = Math.min(MOST_ALONE_NANOS, 2 * nextAlone);
        } else {
            nextAlone = Math.max(LEAST_ALONE_NANOS, nextAlone - (end - start));
        }
    }

    private void work(int member) {
        try {
            while (true) {
                await(member);
                Task current = task;
                if (closed || current == null) {
                    return;
                }
                attempt(current, member);
                await(member);
            }
        } catch (RuntimeException | Error broken) {
            // The first failure is what the caller throws; this member only has to leave.
            failure.compareAndSet(null, broken);
            wakeAll();
        }
    }

    private void attempt(Task work, int member) {
        try {
            work.run(member);
        } catch (RuntimeException | Error thrown) {
            failure.compareAndSet(null, thrown);
            wakeAll();
            throw thrown;
        }
    }

    /** Waits until every active member has come here. */
    void meet(int member) {
        if (active > 1) {
            await(member);
        }
    }

    private void await(int member) {
        int before = phase;
        if (arrived.incrementAndGet() == members) {
            arrived.set(0);
            phase = before + 1;
            wakeAll();
            return;
        }
        for (int i = 0; i < SPINS; i++) {
            if (phase != before) {
                return;
            }
            Thread.onSpinWait();
        }
        park(member, before);
    }

    private void park(int member, int before) {
        long start = System.nanoTime();
        parked.set(member, Thread.currentThread());
        while (phase == before) {
            Throwable thrown = failure.get();
            if (thrown != null) {
                throw new IllegalStateException("The engine's team is broken.", thrown);
            }
            LockSupport.park(this);
        }
        parked.set(member, null);
        long waited = System.nanoTime() - start;
        if (member == 0 && waited > STALL_NANOS) {
            stalledNanos += waited;
        }
    }

    private void wakeAll() {
        for (int m = 0; m < members; m++) {
            Thread waiting = parked.get(m);
            if (waiting != null) {
                LockSupport.unpark(waiting);
            }
        }
    }

    /** Ends the threads. No task may be running. */
    @Override
    public void close() {
        if (closed || members == 1) {
            return;
        }
        closed = true;
        if (failure.get() == null) {
            await(0);
        }
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
        }
    }
}
