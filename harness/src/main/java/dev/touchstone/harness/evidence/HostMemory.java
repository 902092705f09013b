package dev.touchstone.harness.evidence;

/**
 * Host memory of one process, in bytes, from {@code /proc/PID/status} (proc_pid_status(5)).
 *
 * @param anonymous RssAnon: heap and stacks
 * @param shared RssShmem: shared memory, tmpfs, and what {@code cuMemHostAlloc} pins
 * @param file RssFile: pages of mapped files
 * @param swapped VmSwap
 * @param locked VmLck, already counted under the others
 * @param pinned VmPin, already counted under the others
 * @param huge HugetlbPages, which no Rss counts
 * @param proportional from {@code smaps_rollup}
 */
public record HostMemory(
        long anonymous,
        long shared,
        long file,
        long swapped,
        long locked,
        long pinned,
        long huge,
        Reading<Proportional> proportional) {

    /** Shares of {@code /proc/PID/smaps_rollup}, in bytes: a page that n processes map counts 1/n in each. */
    public record Proportional(long anonymous, long shared) {}

    /** Reads the text of {@code status}. */
    public static Reading<HostMemory> parse(String status, Reading<String> rollup) {
        KeyedNumbers numbers = KeyedNumbers.parse(status);
        if (!numbers.hasAll("RssAnon", "RssShmem", "RssFile")) {
            return Reading.none(
                    status.contains("State:\tZ")
                            ? "the process is a zombie and has no memory"
                            : "/proc/PID/status of this kernel does not tell RssAnon, RssShmem and RssFile");
        }
        return Reading.of(new HostMemory(
                numbers.orZero("RssAnon"),
                numbers.orZero("RssShmem"),
                numbers.orZero("RssFile"),
                numbers.orZero("VmSwap"),
                numbers.orZero("VmLck"),
                numbers.orZero("VmPin"),
                numbers.orZero("HugetlbPages"),
                rollup.then(HostMemory::shares)));
    }

    private static Reading<Proportional> shares(String rollup) {
        KeyedNumbers numbers = KeyedNumbers.parse(rollup);
        return numbers.hasAll("Pss_Anon", "Pss_Shmem")
                ? Reading.of(new Proportional(numbers.orZero("Pss_Anon"), numbers.orZero("Pss_Shmem")))
                : Reading.none("smaps_rollup of this kernel does not tell Pss_Anon and Pss_Shmem");
    }

    /** Anonymous, shared and pinned memory that is resident, each page once. */
    public long residentWithoutFiles() {
        return Math.max(anonymous + shared, pinned) + huge;
    }
}
