package dev.touchstone.worker.fault.host;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Waits for the line by which a worker says where it listens, in what it prints. Thread-safe. */
final class Listening {

    private static final String SAYS = "listening on ";
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int POLL_MILLIS = 20;

    private final PrintStream passedOn;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private Optional<String> said = Optional.empty();

    /** @param passedOn gets all of it as well */
    Listening(PrintStream passedOn) {
        this.passedOn = passedOn;
    }

    PrintStream stream() {
        return new PrintStream(
                new OutputStream() {
                    @Override
                    public void write(int b) {
                        take(b);
                    }
                },
                true,
                StandardCharsets.UTF_8);
    }

    private synchronized void take(int b) {
        passedOn.write(b);
        if (b != '\n') {
            line.write(b);
            return;
        }
        String text = line.toString(StandardCharsets.UTF_8).strip();
        line.reset();
        if (text.startsWith(SAYS)) {
            said = Optional.of(text);
            notifyAll();
        }
    }

    synchronized void forget() {
        said = Optional.empty();
    }

    /** The line, or empty once the worker is no longer alive or too much time has gone by. */
    synchronized Optional<String> await(BooleanSupplier alive) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (said.isEmpty() && alive.getAsBoolean() && System.nanoTime() < deadline) {
            wait(POLL_MILLIS);
        }
        return said;
    }
}
