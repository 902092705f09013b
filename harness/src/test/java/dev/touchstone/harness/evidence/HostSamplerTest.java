package dev.touchstone.harness.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Sampling around an action, and the samples as JSON. */
class HostSamplerTest {
    private static final Instant START = Instant.parse("2026-11-24T10:00:00.123456789Z");
    private static final HostFacts FACTS = new HostFacts("box", Reading.of("580"), Reading.of(true));

    /** Tells nothing but when it was asked, and lets a test wait for a look. */
    private static final class CountingProbe implements HostProbe {
        final CountDownLatch fourLooks = new CountDownLatch(4);

        @Override
        public HostFacts facts() {
            return FACTS;
        }

        @Override
        public HostSample look(long pid, Depth depth, long nanos) {
            fourLooks.countDown();
            return new HostSample(nanos, Reading.none(depth.name()), Reading.none("process " + pid));
        }

        @Override
        public Reading<Long> listenerOn(int port) {
            return Reading.none("not asked");
        }

        @Override
        public void close() {
            // holds nothing
        }
    }

    private final AtomicLong clock = new AtomicLong();

    private HostSampler sampler(HostProbe probe, Duration interval) {
        return new HostSampler(probe, interval, InstantSource.fixed(START), () -> clock.addAndGet(1_000_000));
    }

    @Test
    void looksBeforeDuringAndAfterTheAction() throws Exception {
        var probe = new CountingProbe();
        Sampled<Boolean> sampled =
                sampler(probe, Duration.ofMillis(2)).during(7, () -> probe.fourLooks.await(10, TimeUnit.SECONDS));
        assertThat(sampled.result()).isTrue();
        HostSamples host = sampled.host();
        assertThat(host.pid()).isEqualTo(7);
        assertThat(host.samples()).hasSizeGreaterThanOrEqualTo(4);
        assertThat(host.samples()).extracting(HostSample::nanos).isSorted().startsWith(0L);
        assertThat(host.samples().getLast().gpus().reason()).isEqualTo("WITH_MAPPINGS");
        assertThat(host.samples().getFirst().gpus().reason()).isEqualTo("QUICK");
        assertThat(host.startedAt()).isEqualTo(START);
    }

    @Test
    void actionThatFailsEndsTheSampling() {
        var probe = new CountingProbe();
        assertThatThrownBy(() -> sampler(probe, Duration.ofSeconds(60)).during(7, () -> {
                    throw new IOException("no");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("no");
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(t -> t.getName().equals("host-sampler"));
    }

    @Test
    void cutsOutATimeByTheWallClock() {
        var samples = new HostSamples(FACTS, 7, START, List.of(at(0), at(1_000), at(2_000)));
        assertThat(samples.between(START.plusNanos(500), START.plusNanos(2_000)).samples())
                .containsExactly(at(1_000), at(2_000));
        assertThat(samples.spanNanos()).isEqualTo(2_000);
    }

    private static HostSample at(long nanos) {
        return new HostSample(nanos, Reading.none("a"), Reading.none("b"));
    }

    @Test
    void samplesOfARealProcessAndAFakeGpuSurviveJson() {
        try (Arena arena = Arena.ofShared()) {
            FakeNvml fake = FakeNvml.withAllFunctions(arena);
            long own = ProcessHandle.current().pid();
            HostSamples host;
            try (HostProbe probe = LocalHostProbe.of(
                    Reading.of(new NvmlLibrary(fake)), Path.of("/proc"), () -> clock.addAndGet(200_000_000))) {
                host = new HostSamples(
                        probe.facts(),
                        own,
                        START,
                        List.of(
                                probe.look(own, Depth.QUICK, 0),
                                probe.look(own, Depth.WITH_MAPPINGS, 123_456_789_012L)));
            }
            assertThat(HostSamples.fromJson(host.toJson())).isEqualTo(host);
            assertThat(host.toJson()).contains("\"form\":\"touchstone-host-samples/1\"", "87.5");
        }
    }

    @Test
    void idsThatNobodyHereHasGiveASandboxAway() {
        try (Arena arena = Arena.ofShared()) {
            FakeNvml fake = FakeNvml.withAllFunctions(arena);
            try (HostProbe probe = LocalHostProbe.of(Reading.of(new NvmlLibrary(fake)), Path.of("/none"), () -> 0)) {
                probe.look(1, Depth.QUICK, 0);
                assertThat(probe.facts().initialPidNamespace().reason()).contains("process 1000, which does not exist");
            }
        }
    }

    @Test
    void findsWhoListensOnAPort() throws IOException {
        try (HostProbe probe = LocalHostProbe.of(Reading.none("no driver"), Path.of("/proc"), () -> 0);
                var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(probe.listenerOn(socket.getLocalPort()))
                    .isEqualTo(Reading.of(ProcessHandle.current().pid()));
            assertThat(probe.listenerOn(0).reason()).isEqualTo("no process of this host listens on port 0");
        }
    }

    @Test
    void readsTheTableOfSockets() {
        String table = """
                  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
                   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1
                   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 4712 1
                   2: 00000000:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1
                """;
        assertThat(PortOwner.inodes(table, 8080)).containsExactly("socket:[4711]");
        assertThat(PortOwner.inodes(table, 9)).isEmpty();
    }

    @Test
    void closedProbeAnswersThatItIsClosed() {
        HostProbe probe = LocalHostProbe.of(Reading.none("no driver"), Path.of("/none"), () -> 0);
        assertThat(probe.look(1, Depth.QUICK, 0).gpus().reason()).isEqualTo("no driver");
        probe.close();
        assertThat(probe.look(1, Depth.QUICK, 0).gpus().reason()).isEqualTo("the probe is closed");
    }

    @Test
    void refusesOtherJsonInOneSentence() {
        assertThatThrownBy(
                        () -> HostSamples.fromJson(
                                "{\"form\":\"x/9\",\"host\":{\"facts\":{\"host\":\"h\",\"driver\":{\"value\":\"1\"},\"initialPidNamespace\":{\"value\":true}},\"pid\":1,\"startedAt\":\"2026-11-24T10:00:00Z\",\"samples\":[]}}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'x/9'");
        assertThatThrownBy(() -> HostSamples.fromJson("{"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("The text is no host samples");
        assertThatThrownBy(() -> HostSamples.fromJson("{\"form\":\"touchstone-host-samples/1\"}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("host");
    }
}
