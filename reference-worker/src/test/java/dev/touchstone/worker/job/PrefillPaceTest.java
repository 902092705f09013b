package dev.touchstone.worker.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.worker.engine.PrefillParts;
import org.junit.jupiter.api.Test;

class PrefillPaceTest {
    private static final long MILLI = 1_000_000;

    @Test
    void growsToTheMostOnAFastEngine() {
        PrefillPace pace = new PrefillPace(PrefillParts.OF_A_CPU);
        assertThat(pace.part()).isEqualTo(32);
        pace.took(5 * MILLI);
        assertThat(pace.part()).isEqualTo(64);
        for (int i = 0; i < 9; i++) {
            pace.took(MILLI);
        }
        assertThat(pace.part()).isEqualTo(256);
    }

    @Test
    void keepsAPartThatTakesItsShare() {
        PrefillPace pace = new PrefillPace(PrefillParts.OF_A_CPU);
        pace.took(30 * MILLI);
        assertThat(pace.part()).isEqualTo(32);
    }

    @Test
    void shrinksOnASlowEngineAndNeverToNothing() {
        PrefillPace pace = new PrefillPace(PrefillParts.OF_A_CPU);
        pace.took(100 * MILLI);
        assertThat(pace.part()).isEqualTo(16);
        for (int i = 0; i < 9; i++) {
            pace.took(1000 * MILLI);
        }
        assertThat(pace.part()).isEqualTo(16);
    }
}
