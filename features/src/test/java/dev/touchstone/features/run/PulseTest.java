package dev.touchstone.features.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.RequestRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PulseTest {

    private final Pulse pulse = new Pulse(Target.at("http://127.0.0.1:8080"));

    private static Exchange refused(String base) {
        var request = new RequestRecord("GET", base + "/health", List.of(), new byte[0], Instant.EPOCH);
        return new Exchange(1, "health", request, Optional.empty(), List.of(), new BodyEnd.Cut(1, BodyEnd.Cut.REFUSED));
    }

    @Test
    void noticesAWorkerThatIsGone() {
        pulse.add(List.of(refused("http://127.0.0.1:8080"), refused("http://127.0.0.1:8080")));
        assertThat(pulse.silence("/health", List.of()))
                .hasValueSatisfying(why -> assertThat(why).contains("stopped answering"));
    }

    @Test
    void doesNotTakeAnotherProcessForTheWorker() {
        pulse.add(List.of(refused("http://127.0.0.1:8081"), refused("http://127.0.0.1:80800")));
        assertThat(pulse.silence("/health", List.of(refused("http://127.0.0.1:8081"))))
                .isEmpty();
    }
}
