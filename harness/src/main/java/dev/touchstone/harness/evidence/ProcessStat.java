package dev.touchstone.harness.evidence;

import java.time.Duration;
import java.util.List;

/**
 * Parts of {@code /proc/PID/stat}, as proc_pid_stat(5) numbers them.
 *
 * @param cpuTicks utime + stime of all threads (fields 14 and 15), in ticks of 10 ms: Linux shows USER_HZ = 100 on every
 *     architecture it runs GPUs on
 * @param majorFaults pages that had to be read from a disk (field 12)
 * @param startTicks start after boot (field 22); with the pid it names a process for good
 */
public record ProcessStat(long pid, long parent, String command, long cpuTicks, long majorFaults, long startTicks) {

    private static final long TICK_NANOS = 10_000_000;
    private static final int FIELDS_AFTER_COMMAND = 20;

    /** Reads the file's text; the command may itself hold spaces and parentheses. */
    public static Reading<ProcessStat> parse(String text) {
        int open = text.indexOf('(');
        int close = text.lastIndexOf(')');
        if (open < 1 || close < open) {
            return Reading.none("/proc/PID/stat has no command in parentheses");
        }
        List<String> rest = List.of(text.substring(close + 1).strip().split(" +"));
        if (rest.size() < FIELDS_AFTER_COMMAND) {
            return Reading.none("/proc/PID/stat has only %d fields after the command".formatted(rest.size()));
        }
        try {
            return Reading.of(new ProcessStat(
                    Long.parseLong(text.substring(0, open).strip()),
                    Long.parseLong(rest.get(1)),
                    text.substring(open + 1, close),
                    Long.parseLong(rest.get(11)) + Long.parseLong(rest.get(12)),
                    Long.parseLong(rest.get(9)),
                    Long.parseLong(rest.get(19))));
        } catch (NumberFormatException notANumber) {
            return Reading.none("/proc/PID/stat has a field that is no number: " + notANumber.getMessage());
        }
    }

    /** CPU time of all threads since the process started. */
    public Duration cpuTime() {
        return Duration.ofNanos(cpuTicks * TICK_NANOS);
    }

    /** Whether both are of the same run of the same process. */
    public boolean sameProcess(ProcessStat other) {
        return pid == other.pid && startTicks == other.startTicks;
    }
}
