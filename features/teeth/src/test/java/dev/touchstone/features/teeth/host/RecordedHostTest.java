package dev.touchstone.features.teeth.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.features.run.HostEvidence;
import dev.touchstone.harness.evidence.Depth;
import dev.touchstone.harness.evidence.HostProbe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecordedHostTest {

    @ParameterizedTest
    @MethodSource("dev.touchstone.features.teeth.host.RecordedHost#faults")
    void everyFaultHasARecordingOfItsMode(String fault) {
        RecordedHost host = RecordedHost.withFault(fault).orElseThrow();
        HostEvidence evidence = host.evidence();
        assertThat(evidence.modelBytes()).isEqualTo(4L << 30);
        try (HostProbe probe = evidence.probes().get()) {
            assertThat(probe.look(evidence.pid(), Depth.WITH_MAPPINGS, 0)
                            .process()
                            .found())
                    .isPresent();
        }
        assertThat(host.looks()).isEqualTo(1);
    }

    @Test
    void saysWhereAndWhenItWasRecorded() {
        assertThat(RecordedHost.honest().words())
                .isEqualTo("The host's evidence was recorded on one NVIDIA H100 80GB HBM3 (driver 580.159.04) on"
                        + " 2026-11-24, mode honest; it is replayed, not live.");
    }

    @Test
    void thereIsNoOtherFault() {
        assertThat(RecordedHost.withFault("two-terminals")).isEmpty();
    }

    @Test
    void namesAModeThatWasNotRecorded() {
        assertThatThrownBy(() -> Recording.of("warp"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("There is no recording of the mode 'warp' in this build.");
    }
}
