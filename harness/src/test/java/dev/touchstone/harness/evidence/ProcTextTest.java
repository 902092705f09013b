package dev.touchstone.harness.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The files of {@code /proc}, as kernels write them. */
class ProcTextTest {
    private static final String STATUS = """
            Name:\tpython3
            State:\tS (sleeping)
            Pid:\t321
            VmPeak:\t 9000000 kB
            VmLck:\t      64 kB
            VmPin:\t     128 kB
            VmRSS:\t  700000 kB
            RssAnon:\t  500000 kB
            RssFile:\t  150000 kB
            RssShmem:\t   50000 kB
            VmSwap:\t    2000 kB
            HugetlbPages:\t    4096 kB
            Threads:\t12
            Cpus_allowed:\tffff
            """;

    private static final String SMAPS = """
            7f0000000000-7f0040000000 r--p 00000000 08:01 1234                       /models/a b.gguf
            Size:            1048576 kB
            Rss:              524288 kB
            Pss:              524288 kB
            Locked:               0 kB
            VmFlags: rd mr mw me
            7f0040000000-7f0040001000 r--p 40000000 08:01 1234                       /models/a b.gguf
            Size:                  4 kB
            Rss:                   4 kB
            Locked:                4 kB
            7f0050000000-7f0050100000 rw-p 00000000 00:00 0
            Size:               1024 kB
            Rss:                1024 kB
            7f0060000000-7f0060100000 rw-s 00000000 00:01 5                          /dev/zero (deleted)
            Size:               1024 kB
            Rss:                1000 kB
            7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0                          [stack]
            Size:                132 kB
            Rss:                  16 kB
            """;

    @Test
    void readsStatWhoseCommandHoldsSpacesAndParentheses() {
        var stat = ProcessStat.parse(
                "42 (a (b) c) S 7 42 42 0 -1 4194560 100 200 3 4 150 50 9 9 20 0 5 0 987654 1000 2 18446744073709551615\n");
        assertThat(stat).isEqualTo(Reading.of(new ProcessStat(42, 7, "a (b) c", 200, 3, 987654)));
        assertThat(stat.found().orElseThrow().cpuTime()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void refusesWhatIsNoStat() {
        assertThat(ProcessStat.parse("").reason()).contains("no command");
        assertThat(ProcessStat.parse("42 (x) S 1 2").reason()).contains("only 3 fields");
        assertThat(ProcessStat.parse("42 (x) S a 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20")
                        .reason())
                .contains("no number");
    }

    @Test
    void readsMemoryInBytes() {
        String rollup =
                "00400000-7fff000 ---p 00000000 00:00 0  [rollup]\nRss: 700 kB\nPss_Anon: 300 kB\nPss_Shmem: 10 kB\n";
        HostMemory memory = HostMemory.parse(STATUS, Reading.of(rollup)).found().orElseThrow();
        assertThat(memory.anonymous()).isEqualTo(512_000_000);
        assertThat(memory.shared()).isEqualTo(51_200_000);
        assertThat(memory.file()).isEqualTo(153_600_000);
        assertThat(memory.swapped()).isEqualTo(2_048_000);
        assertThat(memory.locked()).isEqualTo(65_536);
        assertThat(memory.pinned()).isEqualTo(131_072);
        assertThat(memory.residentWithoutFiles()).isEqualTo(512_000_000 + 51_200_000 + 4_194_304);
        assertThat(memory.proportional()).isEqualTo(Reading.of(new HostMemory.Proportional(307_200, 10_240)));
    }

    @Test
    void zombieAndOldKernelHaveNoMemoryToTell() {
        Reading<String> none = Reading.none("not asked");
        assertThat(HostMemory.parse("State:\tZ (zombie)\n", none).reason()).contains("zombie");
        assertThat(HostMemory.parse("VmRSS:\t 10 kB\n", none).reason()).contains("does not tell RssAnon");
        assertThat(HostMemory.parse(STATUS, Reading.of("Rss: 1 kB"))
                        .found()
                        .orElseThrow()
                        .proportional()
                        .reason())
                .contains("Pss_Anon");
    }

    @Test
    void readsIoCounters() {
        assertThat(IoCounters.parse("rchar: 1000\nwchar: 5\nsyscr: 9\nread_bytes: 4096\nwrite_bytes: 0\n"))
                .isEqualTo(Reading.of(new IoCounters(1000, 4096)));
        assertThat(IoCounters.parse("rchar: 1000\n").reason()).contains("read_bytes");
    }

    @Test
    void addsUpTheMappingsOfAFile() {
        List<FileMapping> mappings = FileMapping.parse(SMAPS);
        assertThat(mappings)
                .containsExactly(
                        new FileMapping("/models/a b.gguf", (1L << 30) + 4096, (1L << 29) + 4096, 4096),
                        new FileMapping("/dev/zero (deleted)", 1 << 20, 1_024_000, 0));
        assertThat(FileMapping.parse("")).isEmpty();
    }

    @Test
    void knowsWeightsByPathAndByName() {
        var gguf = new FileMapping("/m/X.GGUF (deleted)", 1, 1, 0);
        assertThat(gguf.looksLikeWeights()).isTrue();
        assertThat(gguf.isOf("/m/X.GGUF")).isTrue();
        assertThat(new FileMapping("/m/model.safetensors", 1, 1, 0).looksLikeWeights())
                .isTrue();
        assertThat(new FileMapping("/usr/lib/libcudart.so", 1, 1, 0).looksLikeWeights())
                .isFalse();
    }

    @Test
    void counterGoesRoundOnce() {
        var counter = new WrappingCounter();
        counter.read(4_294_967_290L, 0);
        counter.read(10, 50_000_000);
        counter.read(30, 100_000_000);
        assertThat(counter.total()).isEqualTo(16 + 20);
        assertThat(counter.exact()).isTrue();
        counter.read(40, 200_000_000);
        assertThat(counter.total()).isEqualTo(46);
        assertThat(counter.exact()).isFalse();
    }
}
