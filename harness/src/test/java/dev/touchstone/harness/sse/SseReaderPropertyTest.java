package dev.touchstone.harness.sse;

import static dev.touchstone.harness.sse.StandardAssert.assertReadByTheStandard;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.fuzz.Mutations;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Properties of the reader over generated legal streams; a failing seed is named by its test case. */
final class SseReaderPropertyTest {

    private static final int SEEDS = 200;
    private static final int SHORT = 120;

    static IntStream seeds() {
        return IntStream.range(0, SEEDS);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void readsALegalStreamByTheStandardHoweverItIsSplit(int seed) {
        var random = new Random(seed);
        byte[] body = LegalStream.of(random);
        StandardModel model = StandardModel.of(body);
        assertReadByTheStandard(model, Splits.at(body));
        assertReadByTheStandard(model, Splits.everyByte(body));
        if (body.length <= SHORT) {
            for (int cut = 1; cut < body.length; cut++) {
                assertReadByTheStandard(model, Splits.at(body, cut));
            }
        }
        for (int pair = 0; pair < 10; pair++) {
            assertReadByTheStandard(model, Splits.randomly(body, random));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void findsNothingToBlameInALegalStream(int seed) {
        byte[] body = LegalStream.of(new Random(seed));
        assertThat(Splits.read(Splits.at(body)).findings())
                .allMatch(f -> f.rule().legal());
        assertThat(SecondOpinion.disagreement(Splits.exchange(Splits.at(body)))).isEmpty();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void findsTheSameInABrokenStreamHoweverItIsSplit(int seed) {
        var random = new Random(seed);
        byte[] body = Mutations.of(LegalStream.of(random), random);
        StandardModel model = StandardModel.of(body);
        List<SseFinding> whole = Splits.read(Splits.at(body)).findings();
        assertReadByTheStandard(model, Splits.at(body));
        assertThat(Splits.read(Splits.everyByte(body)).findings()).isEqualTo(whole);
        for (int round = 0; round < 10; round++) {
            var chunks = Splits.randomly(body, random);
            assertReadByTheStandard(model, chunks);
            assertThat(Splits.read(chunks).findings()).isEqualTo(whole);
        }
    }
}
