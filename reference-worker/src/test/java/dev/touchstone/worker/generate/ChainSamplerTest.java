package dev.touchstone.worker.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChainSamplerTest {
    private static final SamplingOptions PLAIN = new SamplingOptions(1, 1, 0, 0, 1, 7);

    /** The chain as wire.md says it, one plain step after the other, in doubles. */
    private static int reference(float[] given, Set<Integer> seen, SamplingOptions o, int position) {
        int n = given.length;
        float[] logits = given.clone();
        for (int id : seen) {
            logits[id] =
                    (float) (logits[id] > 0 ? logits[id] / o.repetitionPenalty() : logits[id] * o.repetitionPenalty());
        }
        List<Integer> order = IntStream.range(0, n)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer id) -> -(double) (logits[id] + 0f))
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
        int best = order.get(0);
        if (o.temperature() == 0) {
            return best;
        }
        double[] weight = new double[n];
        for (int id = 0; id < n; id++) {
            weight[id] = StrictMath.exp(((double) logits[id] - logits[best]) / o.temperature());
        }
        List<Integer> kept = order.subList(0, o.topK() == 0 ? n : Math.min(n, o.topK()));
        double total = kept.stream().mapToDouble(id -> weight[id]).sum();
        Set<Integer> set = new HashSet<>();
        double reached = 0;
        for (int id : kept) {
            if (set.isEmpty() || o.topP() >= 1 || reached < o.topP() * total) {
                set.add(id);
                reached += weight[id];
            }
        }
        set.removeIf(id -> weight[id] < o.minP() * weight[best]);
        double sum = set.stream().sorted().mapToDouble(id -> weight[id]).sum();
        double threshold = Philox.uniform(o.seed(), position) * sum;
        double running = 0;
        for (int id : set.stream().sorted().toList()) {
            running += weight[id];
            if (running > threshold) {
                return id;
            }
        }
        throw new AssertionError("the draw fell past the last token");
    }

    private static SamplingOptions options(Random random, int n) {
        return new SamplingOptions(
                random.nextInt(8) == 0 ? 0 : 0.05 + 1.95 * random.nextDouble(),
                random.nextBoolean() ? 1 : random.nextDouble(),
                random.nextBoolean() ? 0 : random.nextInt(n + 1),
                random.nextBoolean() ? 0 : 0.3 * random.nextDouble(),
                random.nextBoolean() ? 1 : 0.01 + 1.99 * random.nextDouble(),
                random.nextLong());
    }

    private static float[] logits(Random random, int n) {
        float[] logits = new float[n];
        boolean coarse = random.nextBoolean();
        for (int id = 0; id < n; id++) {
            double value = 4 * random.nextGaussian();
            logits[id] = (float) (coarse ? Math.rint(value) : value);
        }
        return logits;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void choosesWhatTheReferenceChooses(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 400; round++) {
            int n = 1 + random.nextInt(random.nextInt(10) == 0 ? 3000 : 40);
            SamplingOptions options = options(random, n);
            ChainSampler sampler = new ChainSampler(options);
            Set<Integer> seen = new HashSet<>();
            for (int i = random.nextInt(5); i > 0; i--) {
                int token = random.nextInt(n);
                sampler.seen(token);
                seen.add(token);
            }
            for (int step = 0; step < 3; step++) {
                float[] logits = logits(random, n);
                int expected = reference(logits, seen, options, 10 + step);
                assertThat(sampler.choose(logits.clone(), 10 + step))
                        .as("%s, %d tokens, seen %s", options, n, seen)
                        .isEqualTo(expected);
                seen.add(expected);
            }
        }
    }

    @Test
    void breaksTiesTowardsTheLowestId() {
        float[] logits = {1, 3, 3, -0f, 3};
        for (SamplingOptions greedy : greedy(5)) {
            assertThat(new ChainSampler(greedy).choose(logits.clone(), 0)).isEqualTo(1);
        }
        assertThat(new ChainSampler(new SamplingOptions(0, 1, 0, 0, 1, 0)).choose(new float[] {-0f, 0f}, 0))
                .isZero();
    }

    @Test
    void isGreedyWithTemperatureZeroTopKOneOrTopPZeroWhateverTheSeed() {
        Random random = new Random(5);
        for (int round = 0; round < 50; round++) {
            float[] logits = logits(random, 100);
            int best = IntStream.range(0, 100)
                    .reduce((a, b) -> logits[b] > logits[a] ? b : a)
                    .orElseThrow();
            for (SamplingOptions greedy : greedy(random.nextLong())) {
                assertThat(new ChainSampler(greedy).choose(logits.clone(), round))
                        .isEqualTo(best);
            }
        }
    }

    private static List<SamplingOptions> greedy(long seed) {
        return List.of(
                new SamplingOptions(0, 1, 0, 0, 1, seed),
                new SamplingOptions(2, 1, 1, 0, 1, seed),
                new SamplingOptions(2, 0, 0, 0, 1, seed));
    }

    private static Set<Integer> drawn(SamplingOptions options, float... logits) {
        ChainSampler sampler = new ChainSampler(options);
        Set<Integer> drawn = new HashSet<>();
        for (int position = 0; position < 500; position++) {
            drawn.add(sampler.choose(logits.clone(), position));
        }
        return drawn;
    }

    @Test
    void drawsFromExactlyTheTopK() {
        assertThat(drawn(new SamplingOptions(1, 1, 3, 0, 1, 1), 1, 2, 2, 2.5f, 2))
                .containsExactlyInAnyOrder(3, 1, 2);
        assertThat(drawn(new SamplingOptions(1, 1, 5, 0, 1, 1), 1, 2, 2, 2.5f, 2))
                .hasSize(5);
    }

    @Test
    void drawsFromTheSmallestSetThatReachesTopP() {
        float[] even = {0, 0, 0, 0};
        assertThat(drawn(new SamplingOptions(1, 0.5, 0, 0, 1, 1), even)).containsExactlyInAnyOrder(0, 1);
        assertThat(drawn(new SamplingOptions(1, 0.51, 0, 0, 1, 1), even)).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(drawn(new SamplingOptions(1, 0.001, 0, 0, 1, 1), even)).containsExactly(0);
    }

    @Test
    void measuresTopPWithinTheTopK() {
        // Among the two kept tokens, one alone has half of the probability; of all four it has a quarter.
        assertThat(drawn(new SamplingOptions(1, 0.5, 2, 0, 1, 1), 0, 0, 0, 0)).containsExactly(0);
    }

    @Test
    void dropsWhatIsLessLikelyThanMinPTimesTheLikeliest() {
        float[] logits = {0, (float) Math.log(0.5), (float) Math.log(0.2)};
        assertThat(drawn(new SamplingOptions(1, 1, 0, 0.3, 1, 1), logits)).containsExactlyInAnyOrder(0, 1);
        assertThat(drawn(new SamplingOptions(1, 1, 0, 1.0, 1, 1), logits)).containsExactly(0);
    }

    @Test
    void penaltyDividesPositiveAndMultipliesNegativeLogitsOfSeenTokens() {
        ChainSampler sampler = new ChainSampler(new SamplingOptions(0, 1, 0, 0, 2, 0));
        sampler.seen(0);
        sampler.seen(1);
        float[] logits = {3, -2, 2, -3};
        assertThat(sampler.choose(logits, 0)).isEqualTo(2);
        assertThat(logits).containsExactly(1.5f, -4, 2, -3);
        float[] next = {0, 0, 4, 3};
        assertThat(sampler.choose(next, 1))
                .as("the chosen token counts as seen")
                .isEqualTo(3);
    }

    @Test
    void drawsFollowTheProbabilities() {
        float[] logits = {(float) Math.log(0.6), (float) Math.log(0.3), (float) Math.log(0.1)};
        int[] counts = new int[3];
        ChainSampler sampler = new ChainSampler(PLAIN);
        for (int position = 0; position < 20_000; position++) {
            counts[sampler.choose(logits.clone(), position)]++;
        }
        assertThat(counts[0] / 20_000.0).isCloseTo(0.6, within(0.02));
        assertThat(counts[2] / 20_000.0).isCloseTo(0.1, within(0.02));
    }

    @Test
    void aDrawDependsOnSeedAndPositionAndNotOnTheDrawsBefore() {
        float[] logits = logits(new Random(3), 500);
        ChainSampler busy = new ChainSampler(PLAIN);
        for (int position = 0; position < 40; position++) {
            assertThat(busy.choose(logits.clone(), position))
                    .isEqualTo(new ChainSampler(PLAIN).choose(logits.clone(), position));
        }
        assertThat(IntStream.range(0, 40)
                        .map(p -> new ChainSampler(PLAIN).choose(logits.clone(), p))
                        .distinct()
                        .count())
                .isGreaterThan(5);
        assertThat(IntStream.range(0, 40)
                        .map(seed ->
                                new ChainSampler(new SamplingOptions(1, 1, 0, 0, 1, seed)).choose(logits.clone(), 0))
                        .distinct()
                        .count())
                .isGreaterThan(5);
    }

    @Test
    void neverDrawsATokenOfNoProbability() {
        float minus = Float.NEGATIVE_INFINITY;
        assertThat(drawn(PLAIN, minus, 1, minus, 1, minus)).containsExactlyInAnyOrder(1, 3);
        assertThat(drawn(new SamplingOptions(1e-300, 1, 0, 0, 1, 1), 1, 2, 2)).containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void stableExpAgreesWithStrictMath() {
        Random random = new Random(9);
        for (int i = 0; i < 200_000; i++) {
            double x = -64 * random.nextDouble();
            double exact = StrictMath.exp(x);
            assertThat(Math.abs(StableExp.of(x) - exact)).isLessThanOrEqualTo(2 * Math.ulp(exact));
        }
        assertThat(StableExp.of(0)).isEqualTo(1);
        assertThat(StableExp.of(-64.1)).isZero();
        assertThat(StableExp.of(Double.NEGATIVE_INFINITY)).isZero();
    }

    @Test
    void rankingIsASortHoweverFarItIsRead() {
        Random random = new Random(11);
        for (int n : new int[] {1, 2, 127, 128, 129, 5000}) {
            float[] logits = logits(random, n);
            Integer[] expected = IntStream.range(0, n).boxed().toArray(Integer[]::new);
            Arrays.sort(
                    expected,
                    Comparator.comparingDouble((Integer id) -> -(double) (logits[id] + 0f))
                            .thenComparing(Comparator.naturalOrder()));
            Ranking ranking = new Ranking();
            ranking.rank(logits);
            for (int rank = 0; rank < n; rank++) {
                assertThat(ranking.at(rank)).isEqualTo(expected[rank]);
            }
        }
    }
}
