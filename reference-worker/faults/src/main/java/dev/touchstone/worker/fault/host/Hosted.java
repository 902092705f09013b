package dev.touchstone.worker.fault.host;

import dev.touchstone.worker.fault.WovenFault;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One worker of this process, in threads of its own. */
final class Hosted {

    private static final String START = "dev.touchstone.worker.fault.HostedStart";
    private static final Duration STOP = Duration.ofSeconds(5);
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int POLL_MILLIS = 5;

    private final OwnClasses classes;
    private final Thread thread;

    private Hosted(OwnClasses classes, Thread thread) {
        this.classes = classes;
        this.thread = thread;
    }

    /** Starts it and returns at once. */
    static Hosted begin(Optional<WovenFault> fault, String id, String report, List<String> arguments)
            throws ReflectiveOperationException {
        OwnClasses classes = new OwnClasses(Hosted.class.getClassLoader(), fault);
        MethodHandle serve = MethodHandles.publicLookup()
                .findStatic(
                        classes.loadClass(START),
                        "serve",
                        MethodType.methodType(int.class, String.class, String.class, String[].class));
        Thread thread = Thread.ofPlatform().name("worker").daemon().unstarted(() -> {
            try {
                int status = (int) serve.invoke(id, report, arguments.toArray(String[]::new));
                System.err.println("worker ended with status " + status);
            } catch (Throwable e) {
                System.err.println("worker failed: " + e);
            }
        });
        // The threads that it starts inherit this; by it they are found again.
        thread.setContextClassLoader(classes);
        thread.start();
        return new Hosted(classes, thread);
    }

    boolean alive() {
        return thread.isAlive();
    }

    /** Has it stop as by a signal. Returns the names of the threads that are still there then: none, if it ended well. */
    List<String> stop() throws InterruptedException {
        thread.interrupt();
        thread.join(STOP);
        long deadline = System.nanoTime() + REST_NANOS;
        List<String> left = left();
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            left = left();
        }
        return left;
    }

    private List<String> left() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.isAlive() && t.getContextClassLoader() == classes)
                .map(Thread::getName)
                .sorted()
                .toList();
    }
}
