package dev.touchstone.worker.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class TeamTest {

    @Test
    void membersSeeWhatOthersDidBeforeTheBarrier() {
        int[] cells = new int[3];
        int[] sums = new int[3];
        try (Team team = new Team(3)) {
            for (int round = 1; round <= 2_000; round++) {
                int value = round;
                team.run(member -> {
                    for (int i = member; i < 3; i += team.active()) {
                        cells[i] = value;
                    }
                    team.meet(member);
                    for (int i = member; i < 3; i += team.active()) {
                        sums[i] = cells[0] + cells[1] + cells[2];
                    }
                });
                assertThat(sums).containsOnly(3 * round);
            }
        }
    }

    @Test
    void runsEachTaskOnceOnEveryActiveMember() {
        AtomicIntegerArray runs = new AtomicIntegerArray(2);
        int[] shared = new int[1];
        try (Team team = new Team(2)) {
            for (int round = 0; round < 500; round++) {
                team.run(member -> runs.incrementAndGet(member));
                shared[0] += team.active();
            }
        }
        assertThat(runs.get(0)).isEqualTo(500);
        assertThat(runs.get(0) + runs.get(1)).isEqualTo(shared[0]);
    }

    @Test
    void endsWithTheCallersFailureInsteadOfWaiting() {
        try (Team team = new Team(2)) {
            assertThatThrownBy(() -> team.run(member -> {
                        if (member == 0) {
                            throw new IllegalArgumentException("broken on purpose");
                        }
                        team.meet(member);
                    }))
                    .hasMessage("broken on purpose");
        }
    }

    @Test
    void endsWhenAnotherMemberFails() {
        try (Team team = new Team(2)) {
            assertThatThrownBy(() -> team.run(member -> {
                        if (member == 1) {
                            throw new IllegalArgumentException("broken on purpose");
                        }
                        team.meet(member);
                    }))
                    .hasRootCauseMessage("broken on purpose");
        }
    }
}
