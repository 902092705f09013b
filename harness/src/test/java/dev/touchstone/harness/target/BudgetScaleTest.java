package dev.touchstone.harness.target;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BudgetScaleTest {

    private static final TargetTiming FAR = new TargetTiming(Duration.ofMillis(20), Duration.ofMillis(3));

    @Test
    void addsFourRoundTripsAndTheJitter() {
        Budgets applied = BudgetScale.widened(Budgets.defaults(), FAR, Set.of());
        assertThat(BudgetScale.allowance(FAR)).isEqualTo(Duration.ofMillis(83));
        assertThat(applied.healthP99()).isEqualTo(Duration.ofMillis(183));
        assertThat(applied.head()).isEqualTo(Duration.ofMillis(1083));
        assertThat(applied.gapFloor()).isEqualTo(Duration.ofMillis(133));
    }

    @Test
    void leavesAloneWhatAPersonGaveAndWhatIsNoMomentToKeep() {
        Budgets given = Budgets.defaults().with("cancel=70ms");
        Budgets applied = BudgetScale.widened(given, FAR, Set.of("cancel"));
        assertThat(applied.cancel()).isEqualTo(Duration.ofMillis(70));
        BudgetScale.AS_THEY_ARE.stream()
                .filter(Budgets.NAMES::contains)
                .forEach(name -> assertThat(applied.all().get(name))
                        .as(name)
                        .isEqualTo(given.all().get(name)));
    }

    @Test
    void isNeverNarrowerThanConfigured() {
        Budgets applied = BudgetScale.widened(Budgets.defaults(), TargetTiming.NONE, Set.of());
        assertThat(applied).isEqualTo(Budgets.defaults());
    }

    @Test
    void knowsOfEveryBudgetWhetherItIsAMomentToKeep() {
        Set<String> known = new HashSet<>(BudgetScale.BY);
        known.addAll(BudgetScale.AS_THEY_ARE);
        assertThat(known).containsAll(Budgets.NAMES);
        assertThat(BudgetScale.BY).doesNotContainAnyElementsOf(BudgetScale.AS_THEY_ARE);
        assertThat(Budgets.defaults().all().keySet()).containsExactlyElementsOf(Budgets.NAMES);
    }

    @Test
    void measuresALocalTargetQuicklyAndAnAbsentOneAtAll() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Target target = Target.at("http://127.0.0.1:" + socket.getLocalPort());
            TargetTiming timing = TargetTiming.measure(target);
            assertThat(timing.roundTrip()).isPositive().isLessThan(Duration.ofSeconds(1));
            assertThat(timing.jitter()).isPositive();
            socket.close();
            assertThat(TargetTiming.measure(target).roundTrip()).isZero();
        }
    }
}
