package dev.touchstone.features.teeth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.features.teeth.host.RecordedHost;
import org.junit.jupiter.api.Test;

class HostFaultsInCatalogueTest {

    @Test
    void catalogueAndBuildHaveTheSameHostFaults() {
        assertThat(FaultCatalogue.load().faults().stream()
                        .filter(fault -> fault.layer() == Layer.HOST)
                        .map(Fault::id))
                .containsExactlyInAnyOrderElementsOf(RecordedHost.faults());
    }
}
