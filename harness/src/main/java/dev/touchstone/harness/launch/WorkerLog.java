package dev.touchstone.harness.launch;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** The last lines that a worker wrote, at most about 256 Ki characters. Thread-safe. */
final class WorkerLog {

    private static final int LIMIT = 256 * 1024;
    private static final int LONGEST_LINE = 8 * 1024;

    private final Deque<String> lines = new ArrayDeque<>();
    private long size;
    private long dropped;

    /** Reads until the process closes its output. */
    void readAll(BufferedReader output) {
        try (output) {
            String line = output.readLine();
            while (line != null) {
                add(line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) + "…" : line);
                line = output.readLine();
            }
        } catch (IOException e) {
            add("[touchstone: the worker's output broke off: " + e.getMessage() + "]");
        }
    }

    synchronized void add(String line) {
        lines.addLast(line);
        size += line.length();
        while (size > LIMIT) {
            size -= lines.removeFirst().length();
            dropped++;
        }
    }

    synchronized Optional<String> lastLine() {
        return Optional.ofNullable(lines.peekLast());
    }

    synchronized String text() {
        String head = dropped == 0 ? "" : "[" + dropped + " earlier lines dropped]\n";
        return head + String.join("\n", lines) + (lines.isEmpty() ? "" : "\n");
    }
}
