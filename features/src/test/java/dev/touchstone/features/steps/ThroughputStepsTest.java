package dev.touchstone.features.steps;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ThroughputStepsTest {

    @Test
    void measuresSizesThatFitHalfTheContextAndLieApart() {
        assertThat(ThroughputSteps.sizes(65_536)).containsExactly(128, 512, 2048);
        assertThat(ThroughputSteps.sizes(1024)).containsExactly(128, 512, 1024);
        assertThat(ThroughputSteps.sizes(600)).containsExactly(128, 512);
        assertThat(ThroughputSteps.sizes(256)).containsExactly(32, 128, 256);
    }

    @Test
    void givesEachPromptAHeadOfItsOwn() {
        Set<String> heads = new HashSet<>();
        for (int n = 0; n < 20; n++) {
            String text = ThroughputSteps.text(n, 50);
            assertThat(text.split(" ")).hasSize(50);
            heads.add(text.substring(0, text.indexOf(' ')));
        }
        assertThat(heads).hasSize(20);
    }

    @Test
    void asksASlowWorkerForLess() {
        Pace slow = new Pace(Duration.ofMillis(500), Duration.ofMillis(100));
        assertThat(slow.tokens(Duration.ofSeconds(20), 20, 4, 64)).isEqualTo(5);
        assertThat(slow.tokens(Duration.ofSeconds(2), 20, 4, 64)).isEqualTo(4);
        assertThat(new Pace(Duration.ofNanos(1), Duration.ofNanos(1000)).tokens(Duration.ofSeconds(20), 20, 4, 64))
                .isEqualTo(64);
    }
}
