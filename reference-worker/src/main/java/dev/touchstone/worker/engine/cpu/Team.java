package dev.touchstone.worker.engine.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The caller and a fixed number of daemon threads that run one task together and meet at barriers. A member that waits
 * spins for some microseconds, then yields, then parks: steps of a small model are far shorter than a wake-up, but an
 * idle team, or one on busy cores, must leave the processor to others. One caller at a time.
 */
final class Team implements AutoCloseable {

    /** What each member runs; all of them call {@link Team#meet} equally often. */
    interface Task {
        void run(int member);
    }

    private static final int SPINS = 2_000;
    private static final int YIELDS = 20;

    private final int members;
    private final AtomicInteger arrived = new AtomicInteger();
    private final AtomicReferenceArray<@Nullable Thread> parked;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Thread[] threads;
    private volatile int phase;
    private volatile @Nullable Task task;
    private volatile boolean closed;

    /** @param members the caller included, 1 or more */
    Team(int members) {
        this.members = members;
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

    /** Runs {@code work} on every member and waits for all. A member's failure is thrown here and breaks the team. */
    void run(Task work) {
        if (members == 1) {
            work.run(0);
            return;
        }
        task = work;
        meet(0);
        attempt(work, 0);
        meet(0);
    }

    private void work(int member) {
        try {
            while (true) {
                meet(member);
                Task current = task;
                if (closed || current == null) {
                    return;
                }
                attempt(current, member);
                meet(member);
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

    /** Waits until every member has come here. */
    void meet(int member) {
        if (members == 1) {
            return;
        }
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
        for (int i = 0; i < YIELDS; i++) {
            if (phase != before) {
                return;
            }
            Thread.yield();
        }
        park(member, before);
    }

    private void park(int member, int before) {
        parked.set(member, Thread.currentThread());
        while (phase == before) {
            Throwable thrown = failure.get();
            if (thrown != null) {
                throw new IllegalStateException("The engine's team is broken.", thrown);
            }
            LockSupport.park(this);
        }
        parked.set(member, null);
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
            meet(0);
        }
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
        }
    }
}
