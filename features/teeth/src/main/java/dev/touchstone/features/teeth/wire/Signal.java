package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** The lock of one connection's state, and the news of its changes, for both of its sides together. Thread-safe. */
final class Signal {

    /** Something of the guarded state that may be a broken connection. */
    @FunctionalInterface
    interface Question<T> {
        T answer() throws IOException;
    }

    private static final Duration FOR_EVER = Duration.ofDays(1000);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean is(BooleanSupplier condition) {
        lock.lock();
        try {
            return condition.getAsBoolean();
        } finally {
            lock.unlock();
        }
    }

    <T> T ask(Question<T> question) throws IOException {
        lock.lock();
        try {
            return question.answer();
        } finally {
            lock.unlock();
        }
    }

    void await(BooleanSupplier condition) throws InterruptedException {
        await(condition, FOR_EVER);
    }

    /** False where the condition did not come true in time. */
    boolean await(BooleanSupplier condition, Duration most) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = most.toNanos();
            while (!condition.getAsBoolean() && left > 0) {
                left = changed.awaitNanos(left);
            }
            return condition.getAsBoolean();
        } finally {
            lock.unlock();
        }
    }

    void awaitUnlessInterrupted(BooleanSupplier condition) throws IOException {
        awaitUnlessInterrupted(condition, FOR_EVER);
    }

    /** As {@link #await}, for those who may throw no InterruptedException; the thread stays interrupted. */
    boolean awaitUnlessInterrupted(BooleanSupplier condition, Duration most) throws IOException {
        try {
            return await(condition, most);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            var interrupted = new InterruptedIOException("the proxy closes");
            interrupted.initCause(e);
            throw interrupted;
        }
    }
}
