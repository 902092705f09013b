package dev.touchstone.worker.fault;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the one fault of this process remembers between its pieces of advice, each in its own sense. Public, for advice
 * stands in the worker's own classes. Thread-safe.
 */
public final class Remembered {

    public static final AtomicBoolean FLAG = new AtomicBoolean();
    public static final AtomicInteger COUNT = new AtomicInteger();
    public static final Set<Object> THINGS = ConcurrentHashMap.newKeySet();

    private Remembered() {}
}
