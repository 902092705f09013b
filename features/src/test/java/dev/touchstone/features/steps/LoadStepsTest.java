package dev.touchstone.features.steps;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LoadStepsTest {

    @Test
    void measuresSizesThatFitHalfTheContextAndLieApart() {
        assertThat(LoadSteps.sizes(65_536)).containsExactly(128, 512, 2048);
        assertThat(LoadSteps.sizes(1024)).containsExactly(128, 512, 1024);
        assertThat(LoadSteps.sizes(600)).containsExactly(128, 512);
        assertThat(LoadSteps.sizes(256)).containsExactly(32, 128, 256);
    }

    @Test
    void givesEachPromptAHeadOfItsOwn() {
        Set<String> heads = new HashSet<>();
        for (int n = 0; n < 20; n++) {
            String text = LoadSteps.text(n, 50);
            assertThat(text.split(" ")).hasSize(50);
            heads.add(text.substring(0, text.indexOf(' ')));
        }
        assertThat(heads).hasSize(20);
    }

    @Test
    void asksASlowWorkerForLess() {
        Pace slow = new Pace(500_000_000, 100_000_000);
        assertThat(slow.tokens(Duration.ofSeconds(20), 20, 4, 64)).isEqualTo(5);
        assertThat(slow.tokens(Duration.ofSeconds(2), 20, 4, 64)).isEqualTo(4);
        assertThat(new Pace(1, 1000).tokens(Duration.ofSeconds(20), 20, 4, 64)).isEqualTo(64);
    }
}
