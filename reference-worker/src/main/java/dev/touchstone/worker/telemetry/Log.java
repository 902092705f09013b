package dev.touchstone.worker.telemetry;

import java.io.PrintStream;
import java.time.Instant;

/** One line an event, as text or JSON. Values are escaped, so no value can start a line. Thread-safe. */
public final class Log {
    private final PrintStream out;
    private final boolean json;

    public Log(PrintStream out, boolean json) {
        this.out = out;
        this.json = json;
    }

    /** @param fields names and values in turn; never a prompt or a generated text */
    public void line(String event, String... fields) {
        StringBuilder line = new StringBuilder(128);
        String now = Instant.now().toString();
        if (json) {
            line.append("{\"time\":\"").append(now).append("\",\"event\":");
            JsonText.quote(event, line);
        } else {
            line.append(now).append(' ').append(event);
        }
        for (int i = 0; i + 1 < fields.length; i += 2) {
            if (json) {
                line.append(",\"").append(fields[i]).append("\":");
            } else {
                line.append(' ').append(fields[i]).append('=');
            }
            JsonText.quote(fields[i + 1], line);
        }
        out.println(json ? line.append('}') : line);
    }
}
