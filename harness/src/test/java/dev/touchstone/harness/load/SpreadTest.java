package dev.touchstone.harness.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SpreadTest {

    @Test
    void tellsMedianAndNearestRanks() {
        Spread odd = Spread.of("x", "ms", 3, 1, 2);
        assertThat(odd.median()).isEqualTo(2);
        assertThat(odd.least()).isEqualTo(1);
        assertThat(odd.most()).isEqualTo(3);
        assertThat(Spread.of("x", "ms", 1, 2, 3, 10).median()).isEqualTo(2.5);
        double[] hundred = new double[100];
        for (int i = 0; i < 100; i++) {
            hundred[i] = 100 - i;
        }
        assertThat(Spread.of("x", "ms", hundred).percentile(99)).isEqualTo(99);
        assertThat(Spread.of("x", "ms", hundred).percentile(0)).isEqualTo(1);
        assertThat(odd.percentile(99)).isEqualTo(3);
    }

    @Test
    void hasNoNumbersWhereNothingWasMeasured() {
        Spread none = Spread.of("x", "ms");
        assertThat(none.isEmpty()).isTrue();
        assertThat(new double[] {none.median(), none.percentile(50), none.least(), none.most()})
                .containsOnly(Double.NaN);
    }
}
