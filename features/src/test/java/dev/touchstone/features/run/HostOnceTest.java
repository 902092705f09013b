package dev.touchstone.features.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.features.steps.HostAccess;
import dev.touchstone.harness.target.Target;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class HostOnceTest {

    private static HostAccess access(String url, OptionalLong pid) {
        return HostOnce.of(Target.at(url), pid, OptionalLong.of(123)).access();
    }

    @Test
    void takesTheProcessThatAPersonNamed() {
        HostAccess access = access("http://192.0.2.1:8080", OptionalLong.of(42));
        assertThat(access.pid().found()).hasValue(42L);
        assertThat(access.model().tensorBytes()).hasValue(123);
    }

    @Test
    void findsTheProcessThatListensOnTheUrlsPort() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            HostAccess access = access("http://127.0.0.1:" + socket.getLocalPort(), OptionalLong.empty());
            assertThat(access.pid().found()).hasValue(ProcessHandle.current().pid());
        }
    }

    @Test
    void saysWhyAProcessElsewhereIsNotKnown() {
        assertThat(access("http://192.0.2.1:8080", OptionalLong.empty()).pid().reason())
                .contains("another address", "--pid");
    }
}
