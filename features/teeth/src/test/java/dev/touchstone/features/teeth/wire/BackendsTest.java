package dev.touchstone.features.teeth.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BackendsTest {

    @Test
    void givesTheOneWithTheFewestConnections() {
        Backends backends = new Backends(List.of(7001, 7002));
        Backends.Backend first = backends.take();
        Backends.Backend second = backends.take();
        assertThat(List.of(first.address().getPort(), second.address().getPort()))
                .containsExactly(7001, 7002);
        second.close();
        assertThat(backends.take().address().getPort()).isEqualTo(7002);
        first.close();
        assertThat(backends.take().address().getPort()).isEqualTo(7001);
    }
}
