package dev.touchstone.harness.evidence;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * All mappings of one file into one process, from {@code /proc/PID/smaps} (proc_pid_smaps(5)), in bytes.
 *
 * @param path as the kernel names it; {@code (deleted)} at its end where the file is gone
 * @param resident Rss: pages that the process has in its page tables; the page cache alone does not count
 */
public record FileMapping(String path, long mapped, long resident, long locked) {

    private static final Pattern HEAD =
            Pattern.compile("[0-9a-f]+-[0-9a-f]+ \\S{4,5} [0-9a-f]+ [0-9a-f]+:[0-9a-f]+ \\d+ +(/.*)?");
    private static final String DELETED = " (deleted)";

    /** Reads the file's text: one entry a path, in the order in which they first appear; anonymous memory is left out. */
    public static List<FileMapping> parse(String smaps) {
        Map<String, FileMapping> byPath = new LinkedHashMap<>();
        String path = "";
        List<String> lines = new ArrayList<>();
        for (String line : smaps.lines().toList()) {
            if (!line.isEmpty() && Character.isUpperCase(line.charAt(0))) {
                lines.add(line);
                continue;
            }
            add(byPath, path, lines);
            Matcher head = HEAD.matcher(line);
            path = head.matches() && head.group(1) != null ? head.group(1) : "";
            lines.clear();
        }
        add(byPath, path, lines);
        return List.copyOf(byPath.values());
    }

    private static void add(Map<String, FileMapping> byPath, String path, List<String> lines) {
        if (path.isEmpty()) {
            return;
        }
        KeyedNumbers numbers = KeyedNumbers.parse(String.join("\n", lines));
        var one = new FileMapping(path, numbers.orZero("Size"), numbers.orZero("Rss"), numbers.orZero("Locked"));
        byPath.merge(path, one, FileMapping::plus);
    }

    private FileMapping plus(FileMapping more) {
        return new FileMapping(path, mapped + more.mapped, resident + more.resident, locked + more.locked);
    }

    /** Whether this is that file; also where it was deleted or replaced since. */
    public boolean isOf(String file) {
        return file.equals(path) || (file + DELETED).equals(path);
    }

    /** Whether the name is that of weights: GGUF or safetensors. */
    public boolean looksLikeWeights() {
        String name = (path.endsWith(DELETED) ? path.substring(0, path.length() - DELETED.length()) : path)
                .toLowerCase(Locale.ROOT);
        return name.endsWith(".gguf") || name.endsWith(".safetensors");
    }
}
