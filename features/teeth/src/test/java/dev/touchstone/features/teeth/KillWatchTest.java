package dev.touchstone.features.teeth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.features.run.QuietRun;
import dev.touchstone.harness.target.Dialect;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KillWatchTest {

    private static final Fault TWO_BREACHES = new Fault(
            "two-breaches",
            Layer.WIRE,
            "It is wrong twice.",
            List.of(),
            List.of(),
            Map.of("EV-02", "a terminal event", "EV-05", "tokens_out"),
            Dialect.NATIVE,
            "",
            1,
            List.of(),
            "",
            false,
            false,
            false);

    private final KillWatch watch = new KillWatch(TWO_BREACHES);

    private static QuietRun.Broken finding(String expected, String actual) {
        return new QuietRun.Broken("order.feature:8", "A scenario", expected, actual, "evidence");
    }

    @Test
    void hasEnoughOnceEachBreachIsNamedInWhicheverOrder() {
        assertThat(watch.hasEnough("EV-05", finding("a count", "Tokens_Out was 3")))
                .isFalse();
        assertThat(watch.hasEnough("EV-05", finding("a count", "tokens_out was 3")))
                .isFalse();
        assertThat(watch.hasEnough("EV-02", finding("one end", "it ended twice")))
                .isFalse();
        assertThat(watch.hasEnough("EV-02", finding("A terminal event", "none came")))
                .isTrue();
    }

    @Test
    void isNotMovedByOtherRequirementsOrByWordsOfAnother() {
        assertThat(watch.hasEnough("EV-05", finding("a count", "tokens_out was 3")))
                .isFalse();
        assertThat(watch.hasEnough("EV-01", finding("a terminal event", "none")))
                .isFalse();
        assertThat(watch.hasEnough("EV-02", finding("a count", "tokens_out was 3")))
                .isFalse();
    }
}
