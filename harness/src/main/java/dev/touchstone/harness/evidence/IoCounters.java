package dev.touchstone.harness.evidence;

/**
 * Counters of {@code /proc/PID/io} (proc_pid_io(5)), in bytes since the process started, ended children included once
 * they were waited for.
 *
 * @param readCalls rchar: asked for by read calls, from the page cache too
 * @param fromDisk read_bytes: fetched from storage, by page faults too
 */
public record IoCounters(long readCalls, long fromDisk) {

    /** Reads the file's text. */
    public static Reading<IoCounters> parse(String text) {
        KeyedNumbers numbers = KeyedNumbers.parse(text);
        return numbers.hasAll("rchar", "read_bytes")
                ? Reading.of(new IoCounters(numbers.orZero("rchar"), numbers.orZero("read_bytes")))
                : Reading.none("/proc/PID/io does not tell rchar and read_bytes");
    }
}
