package dev.touchstone.harness.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A {@code /proc} made of files. */
class ProcReaderTest {
    private static final LongSupplier CLOCK = () -> 0;

    @TempDir
    Path proc;

    @BeforeEach
    void makeSelf() throws IOException {
        Files.createDirectories(proc.resolve("self/ns"));
        Files.createSymbolicLink(proc.resolve("self/ns/pid"), Path.of("pid:[4026531836]"));
    }

    private void process(long pid, long parent) throws IOException {
        Path folder = Files.createDirectories(proc.resolve(Long.toString(pid)));
        Files.writeString(
                folder.resolve("stat"),
                "%d (w) S %d 1 1 0 -1 0 0 0 0 0 7 3 0 0 20 0 1 0 %d 0 0".formatted(pid, parent, pid * 10));
        Files.writeString(folder.resolve("status"), "RssAnon: 8 kB\nRssFile: 4 kB\nRssShmem: 0 kB\n");
        Files.writeString(folder.resolve("io"), "rchar: 5\nread_bytes: 6\n");
        Files.writeString(folder.resolve("smaps"), "00-10 r--p 00000000 08:01 12   /m.gguf\nSize: 4 kB\nRss: 4 kB\n");
    }

    @Test
    void readsAProcessWithAllItsDescendants() throws IOException {
        process(10, 1);
        process(20, 10);
        process(30, 20);
        process(40, 1);
        ProcessTree tree = new ProcReader(proc, CLOCK)
                .tree(10, Depth.WITH_MAPPINGS)
                .found()
                .orElseThrow();
        assertThat(tree.processes()).extracting(p -> p.stat().pid()).containsExactly(10L, 20L, 30L);
        ProcessReading root = tree.root();
        assertThat(root.stat().cpuTicks()).isEqualTo(10);
        assertThat(root.stat().startTicks()).isEqualTo(100);
        assertThat(root.io()).isEqualTo(Reading.of(new IoCounters(5, 6)));
        assertThat(root.mappings().found().orElseThrow()).containsExactly(new FileMapping("/m.gguf", 4096, 4096, 0));
        assertThat(root.memory().found().orElseThrow().proportional().reason()).contains("smaps_rollup");
    }

    @Test
    void quickLookLeavesMappingsOut() throws IOException {
        process(10, 1);
        ProcessTree tree =
                new ProcReader(proc, CLOCK).tree(10, Depth.QUICK).found().orElseThrow();
        assertThat(tree.root().mappings().reason()).contains("quick look");
    }

    @Test
    void processThatIsGoneIsAnAnswer() {
        assertThat(new ProcReader(proc, CLOCK).tree(77, Depth.QUICK).reason()).isEqualTo("there is no process 77");
    }

    @Test
    void fileThatIsMissingIsAnAnswerOfItsOwn() throws IOException {
        process(10, 1);
        Files.delete(proc.resolve("10/io"));
        ProcessTree tree =
                new ProcReader(proc, CLOCK).tree(10, Depth.QUICK).found().orElseThrow();
        assertThat(tree.root().io().reason()).contains("10/io does not exist");
        assertThat(tree.root().memory().found()).isPresent();
    }

    @Test
    void machineWithoutProcSaysSo() {
        assertThat(new ProcReader(proc.resolve("none"), CLOCK)
                        .tree(1, Depth.QUICK)
                        .reason())
                .contains("no /proc");
    }

    @Test
    void knowsTheInitialPidNamespace() throws IOException {
        assertThat(new ProcReader(proc, CLOCK).initialPidNamespace()).isEqualTo(Reading.of(true));
        Files.delete(proc.resolve("self/ns/pid"));
        assertThat(new ProcReader(proc, CLOCK).initialPidNamespace().reason()).contains("pid namespace");
        Files.createSymbolicLink(proc.resolve("self/ns/pid"), Path.of("pid:[4026532999]"));
        assertThat(new ProcReader(proc, CLOCK).initialPidNamespace()).isEqualTo(Reading.of(false));
    }
}
