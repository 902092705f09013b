package dev.touchstone.worker.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class NoiseTest {

    @Test
    void isNearlyNormal() {
        Noise noise = new Noise(1, 2);
        int count = 200_000;
        double sum = 0;
        double squares = 0;
        int beyondTwo = 0;
        for (int i = 0; i < count; i++) {
            float value = noise.at(i);
            sum += value;
            squares += value * value;
            beyondTwo += Math.abs(value) > 2 ? 1 : 0;
        }
        assertThat(sum / count).isCloseTo(0, within(0.01));
        assertThat(squares / count).isCloseTo(1, within(0.01));
        assertThat(beyondTwo / (double) count).isCloseTo(0.0455, within(0.005));
    }

    @Test
    void dependsOnSeedStreamAndIndexAlone() {
        assertThat(new Noise(1, 2).at(3)).isEqualTo(new Noise(1, 2).at(3));
        assertThat(new Noise(1, 2).at(3))
                .isNotEqualTo(new Noise(1, 2).at(4))
                .isNotEqualTo(new Noise(1, 3).at(3))
                .isNotEqualTo(new Noise(2, 2).at(3));
    }

    @Test
    void givesTheSameBitsOnEveryMachine() {
        Noise noise = new Noise(1, 0);
        assertThat(new float[] {noise.at(0), noise.at(1), noise.at(1L << 40)})
                .containsExactly(-0.340167612f, 0.917244792f, -0.928107083f);
    }
}
