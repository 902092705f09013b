package dev.touchstone.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadProgressTest {

    @Test
    void tellsEachStepOnceAndInOrder() {
        List<Integer> told = new ArrayList<>();
        LoadProgress progress = new LoadProgress(told::add);
        for (double percent : new double[] {0, 0, 10, 24.9, 25, 80, 80, 99, 100, 100}) {
            progress.reached(percent);
        }
        assertThat(told).containsExactly(0, 25, 50, 75, 100);
    }
}
