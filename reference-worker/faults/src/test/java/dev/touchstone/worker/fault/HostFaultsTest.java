package dev.touchstone.worker.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the host's faults do without a GPU. That each is killed on one is for {@code touchstone teeth --gpu-device}. */
class HostFaultsTest {

    private static final int SIZE = 20 << 20;
    private static final Path IO = Path.of("/proc/self/io");

    private static Path file = Path.of("");
    private static byte[] bytes = {};

    @BeforeAll
    static void writesAFile() throws IOException {
        assumeThat(IO).isReadable();
        assumeThat(Files.getFileStore(Path.of("").toAbsolutePath()).type())
                .as("a file system on a disk, whose reads the kernel counts")
                .isIn("ext4", "xfs", "btrfs");
        // in the build's folder: a folder for temporary files may be in memory, which no disk is behind
        file = Files.createTempFile(Files.createDirectories(Path.of("target")), "read-again", ".bin")
                .toAbsolutePath();
        file.toFile().deleteOnExit();
        bytes = new byte[SIZE + 123];
        new Random(7).nextBytes(bytes);
        Files.write(file, bytes);
        new ProcessBuilder("sync", file.toString()).start().onExit().join();
    }

    @Test
    void readsPastThePageCacheToTheLastByte() throws IOException {
        long before = fromDisk();
        assertThat(ReadAgain.direct(file)).isEqualTo(bytes.length);
        assertThat(fromDisk() - before).isGreaterThanOrEqualTo(SIZE);
    }

    @Test
    void fetchesMappedPagesFromTheDiskEachTime() throws IOException {
        MemorySegment mapped = KeptOnHost.map(file);
        for (int round = 0; round < 2; round++) {
            long before = fromDisk();
            ReadAgain.pages(file, mapped);
            assertThat(fromDisk() - before).as("round " + round).isGreaterThanOrEqualTo(SIZE / 2);
        }
        assertThat(mapped.get(ValueLayout.JAVA_BYTE, SIZE)).isEqualTo(bytes[SIZE]);
    }

    @Test
    void losesTheCacheOfACancelledJobAndNoOther() {
        Serving.begin();
        List<Object> free = new ArrayList<>();
        Object cache = new Object();
        free.add(cache);
        LostCache.cameBack(free, cache);
        LostCache.ended(false);
        assertThat(free).containsExactly(cache);
        LostCache.ended(true); // another job's end: this one's cache is gone for good or not at all
        assertThat(free).containsExactly(cache);
        LostCache.cameBack(free, cache);
        LostCache.ended(true);
        assertThat(free).isEmpty();
    }

    @Test
    void keepsACopyOfWhatWasReadAndLeavesTheBufferAlone() {
        ByteBuffer read = ByteBuffer.allocateDirect(8).putInt(1).putInt(2);
        KeptOnHost.copy(read);
        assertThat(read.position()).isEqualTo(8);
    }

    @Test
    void saysWhichFunctionFailed() {
        assertThatThrownBy(() -> SystemCall.call("close", -1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("close failed.");
        assertThat(SystemCall.call("abs", -7)).isEqualTo(7);
    }

    @Test
    void leavesPointersIntoTheGpuAlone() {
        assertThat(OffloadedLayers.instead(64 << 20, 4096)).isEqualTo(4096);
        assertThat(OffloadedLayers.pointer(4096)).isNull();
        assertThat(GpuMemory.inHost("the weights", new jcuda.driver.CUdeviceptr(), 1))
                .isFalse();
    }

    private static long fromDisk() throws IOException {
        return Files.readAllLines(IO).stream()
                .filter(line -> line.startsWith("read_bytes: "))
                .mapToLong(line -> Long.parseLong(line.substring(12)))
                .findFirst()
                .orElseThrow();
    }
}
