package dev.touchstone.harness.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BudgetsTest {

    @ParameterizedTest
    @CsvSource({
        "head=250ms, PT0.25S",
        "head=1.5s, PT1.5S",
        "head=2m, PT2M",
        "head=40, PT0.04S",
        "' head = 3s ', PT3S",
        "head=999999999m, PT720H"
    })
    void readsDurations(String setting, Duration read) {
        assertThat(Budgets.defaults().with(setting).head()).isEqualTo(read);
    }

    @Test
    void changesTheNamedBudgetAndNoOther() throws ReflectiveOperationException {
        RecordComponent[] components = Budgets.class.getRecordComponents();
        assertThat(Arrays.stream(components).map(c -> kebab(c.getName()))).containsExactlyElementsOf(Budgets.NAMES);
        for (RecordComponent changed : components) {
            String value = changed.getType() == double.class ? "7.5" : "1234ms";
            Budgets budgets = Budgets.defaults().with(kebab(changed.getName()), value);
            for (RecordComponent component : components) {
                Object expected = component.equals(changed)
                        ? changed.getType() == double.class ? (Object) 7.5 : Duration.ofMillis(1234)
                        : component.getAccessor().invoke(Budgets.defaults());
                assertThat(component.getAccessor().invoke(budgets))
                        .as("%s after %s", component.getName(), changed.getName())
                        .isEqualTo(expected);
            }
        }
    }

    private static String kebab(String name) {
        return name.replaceAll("([A-Z0-9]+)", "-$1").toLowerCase(Locale.ROOT);
    }

    @Test
    void takesTheLastOfSeveralSettings() {
        Budgets budgets = Budgets.defaults().withAll(List.of("head=1s", "cancel=9ms", "head=2s"));
        assertThat(budgets.head()).isEqualTo(Duration.ofSeconds(2));
        assertThat(budgets.cancel()).isEqualTo(Duration.ofMillis(9));
    }

    @ParameterizedTest
    @CsvSource({
        "head, not of the form name=value",
        "=1s, not of the form name=value",
        "haed=1s, There is no budget 'haed'",
        "head=, accepted is a duration above zero",
        "head=0s, accepted is a duration above zero",
        "head=-1s, accepted is a duration above zero",
        "head=1h, accepted is a duration above zero",
        "head=1e3, accepted is a duration above zero",
        "gap-factor=0.5, accepted is a number from 1.0",
        "gap-factor=NaN, accepted is a number from 1.0"
    })
    void refusesWhatIsNoBudgetInOneSentence(String setting, String why) {
        assertThatThrownBy(() -> Budgets.defaults().with(setting))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageContaining(why)
                .hasMessageNotContaining("\n");
    }
}
