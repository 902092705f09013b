package dev.touchstone.harness.evidence;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Reads {@code /proc} of Linux. Files that are missing or refused are answered as such. Not thread-safe: it remembers
 * which descendants a process had, for to find them every process of the host must be asked.
 */
final class ProcReader {

    /** Inode of the initial pid namespace: PROC_PID_INIT_INO of include/linux/proc_ns.h. */
    private static final String INITIAL_PID_NAMESPACE = "pid:[4026531836]";

    private static final Duration FAMILY_FRESH = Duration.ofSeconds(1);

    private final Path proc;
    private final LongSupplier nanoTime;

    private record Family(long root, long nanos, List<Long> pids) {}

    private Family family = new Family(-1, 0, List.of());

    ProcReader(Path proc, LongSupplier nanoTime) {
        this.proc = proc;
        this.nanoTime = nanoTime;
    }

    Reading<Boolean> initialPidNamespace() {
        try {
            return Reading.of(Files.readSymbolicLink(proc.resolve("self/ns/pid"))
                    .toString()
                    .equals(INITIAL_PID_NAMESPACE));
        } catch (IOException | UnsupportedOperationException e) {
            return Reading.none("the pid namespace cannot be read: " + e.getMessage());
        }
    }

    boolean exists(long pid) {
        return Files.exists(proc.resolve(Long.toString(pid)));
    }

    /** The process and its descendants; descendants that end meanwhile are left out. */
    Reading<ProcessTree> tree(long pid, Depth depth) {
        if (!Files.isDirectory(proc.resolve("self"))) {
            return Reading.none("this machine has no /proc of Linux");
        }
        return process(pid, depth).then(root -> {
            List<ProcessReading> all = new ArrayList<>(List.of(root));
            for (long child : descendants(pid, depth)) {
                process(child, depth).found().ifPresent(all::add);
            }
            return Reading.of(new ProcessTree(all));
        });
    }

    private Reading<ProcessReading> process(long pid, Depth depth) {
        return text(pid, "stat")
                .then(ProcessStat::parse)
                .then(stat -> Reading.of(new ProcessReading(
                        stat,
                        text(pid, "status").then(status -> HostMemory.parse(status, rollup(pid, depth))),
                        text(pid, "io").then(IoCounters::parse),
                        depth == Depth.WITH_MAPPINGS
                                ? text(pid, "smaps").then(smaps -> Reading.of(FileMapping.parse(smaps)))
                                : Reading.none("a quick look leaves the mappings out"))));
    }

    private Reading<String> rollup(long pid, Depth depth) {
        return depth == Depth.WITH_MAPPINGS
                ? text(pid, "smaps_rollup")
                : Reading.none("a quick look leaves the shares out");
    }

    private List<Long> descendants(long pid, Depth depth) {
        long now = nanoTime.getAsLong();
        if (depth == Depth.WITH_MAPPINGS || family.root() != pid || now - family.nanos() > FAMILY_FRESH.toNanos()) {
            family = new Family(pid, now, below(pid, childrenByParent()));
        }
        return family.pids();
    }

    private static List<Long> below(long pid, Map<Long, List<Long>> children) {
        List<Long> found = new ArrayList<>(children.getOrDefault(pid, List.of()));
        for (int i = 0; i < found.size(); i++) {
            children.getOrDefault(found.get(i), List.of()).stream()
                    .filter(child -> child != pid && !found.contains(child))
                    .forEach(found::add);
        }
        return found;
    }

    private Map<Long, List<Long>> childrenByParent() {
        Map<Long, List<Long>> children = new HashMap<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path one : all) {
                read(one.resolve("stat"))
                        .then(ProcessStat::parse)
                        .found()
                        .ifPresent(stat -> children.computeIfAbsent(stat.parent(), _ -> new ArrayList<>())
                                .add(stat.pid()));
            }
        } catch (IOException | DirectoryIteratorException unlisted) {
            // hidepid or the like: then no descendant can be read either, and the root stands alone
            return Map.of();
        }
        return children;
    }

    private Reading<String> text(long pid, String file) {
        return read(proc.resolve(Long.toString(pid)).resolve(file));
    }

    private static Reading<String> read(Path file) {
        try {
            return Reading.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            return Reading.none(
                    Files.isDirectory(file.resolveSibling("."))
                            ? file + " does not exist on this kernel"
                            : "there is no process " + file.getName(file.getNameCount() - 2));
        } catch (AccessDeniedException e) {
            return Reading.none(file + " may not be read by this user");
        } catch (IOException e) {
            // ESRCH, "No such process": it ended between open and read
            return Reading.none(file + " could not be read: " + e.getMessage());
        }
    }
}
