package dev.touchstone.harness.evidence;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds the process that listens on a TCP port: {@code /proc/net/tcp} (proc_pid_net(5)) names the socket's inode, and
 * {@code /proc/PID/fd} who has it open.
 */
final class PortOwner {

    private static final String LISTEN = "0A";
    private static final int LOCAL_ADDRESS = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;

    private final Path proc;

    PortOwner(Path proc) {
        this.proc = proc;
    }

    /** The process, or of several that share the socket the one from which the others descend. */
    Reading<Long> find(int port) {
        Set<String> sockets = new HashSet<>();
        for (String table : List.of("net/tcp", "net/tcp6")) {
            text(proc.resolve(table)).ifPresent(text -> sockets.addAll(inodes(text, port)));
        }
        if (sockets.isEmpty()) {
            return Reading.none("no process of this host listens on port " + port);
        }
        Set<Long> owners = new TreeSet<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path one : all) {
                if (holds(one.resolve("fd"), sockets)) {
                    owners.add(Long.parseLong(one.getFileName().toString()));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return Reading.none("the processes of this host cannot be listed: " + e.getMessage());
        }
        return owners.stream()
                .filter(pid -> !owners.contains(parent(pid)))
                .findFirst()
                .map(Reading::of)
                .orElseGet(() -> Reading.none("who listens on port %d cannot be seen by this user".formatted(port)));
    }

    /** Inodes of the sockets that listen on that port, from the text of {@code net/tcp}. */
    static Set<String> inodes(String table, int port) {
        Set<String> found = new HashSet<>();
        String suffix = ":%04X".formatted(port);
        for (String line : table.lines().skip(1).toList()) {
            List<String> fields = List.of(line.strip().split("\\s+"));
            if (fields.size() > INODE
                    && fields.get(STATE).equals(LISTEN)
                    && fields.get(LOCAL_ADDRESS).endsWith(suffix)) {
                found.add("socket:[" + fields.get(INODE) + "]");
            }
        }
        return found;
    }

    private static boolean holds(Path descriptors, Set<String> sockets) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(descriptors)) {
            for (Path one : all) {
                if (sockets.contains(Files.readSymbolicLink(one).toString())) {
                    return true;
                }
            }
            return false;
        } catch (IOException | DirectoryIteratorException hidden) {
            // another user's process, or one that ended meanwhile: not one that we could look at
            return false;
        }
    }

    private long parent(long pid) {
        return text(proc.resolve(pid + "/stat"))
                .flatMap(text -> ProcessStat.parse(text).found())
                .map(ProcessStat::parent)
                .orElse(0L);
    }

    private static Optional<String> text(Path file) {
        try {
            return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        } catch (IOException missing) {
            // no IPv6, or the process ended: then it adds nothing
            return Optional.empty();
        }
    }
}
