package dev.touchstone.features.steps;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HealthRoundsTest {

    private static int rounds(int callsEach, Duration each, int wanted) {
        HealthRounds rounds = HealthRounds.none();
        while (rounds.room() && rounds.calls() < wanted) {
            rounds = rounds.then(rounds.calls() + callsEach, rounds.spent().plus(each));
        }
        return rounds.generations();
    }

    @Test
    void askAQuickWorkerUntilThereAreEnoughCalls() {
        assertThat(rounds(8, Duration.ofMillis(60), 50)).isEqualTo(7);
        assertThat(rounds(1, Duration.ofMillis(8), 50)).isEqualTo(50);
    }

    @Test
    void areSixOfAWorkerIntoWhoseGenerationsNoCallFalls() {
        assertThat(rounds(0, Duration.ofMillis(1), 50)).isEqualTo(6);
    }

    @Test
    void areSixOfASlowWorkerAndNoMoreThanTenSecondsOfAQuickerOne() {
        assertThat(rounds(2, Duration.ofSeconds(9), 50)).isEqualTo(6);
        assertThat(rounds(1, Duration.ofSeconds(1), 50)).isEqualTo(10);
    }
}
