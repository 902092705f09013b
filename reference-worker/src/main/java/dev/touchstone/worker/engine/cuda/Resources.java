package dev.touchstone.worker.engine.cuda;

import java.util.ArrayDeque;
import java.util.Deque;

/** What an engine holds on the device, closed in the reverse order. None of it throws when it is closed. */
final class Resources implements AutoCloseable {

    /** Something that is closed without a word. */
    @FunctionalInterface
    interface Held {
        void close();
    }

    private final Deque<Held> held = new ArrayDeque<>();

    void add(Held resource) {
        held.push(resource);
    }

    @Override
    public void close() {
        while (!held.isEmpty()) {
            held.pop().close();
        }
    }
}
