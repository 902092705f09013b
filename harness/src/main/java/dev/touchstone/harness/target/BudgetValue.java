package dev.touchstone.harness.target;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the value of a budget. */
final class BudgetValue {

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(ms|s|m|)");

    private BudgetValue() {}

    static Duration duration(String name, String value) {
        Matcher matcher = DURATION.matcher(value);
        if (!matcher.matches()) {
            throw refused(name, value);
        }
        long nanosPerUnit = switch (matcher.group(2)) {
            case "s" -> 1_000_000_000L;
            case "m" -> 60_000_000_000L;
            default -> 1_000_000L;
        };
        long nanos = new BigDecimal(matcher.group(1))
                .multiply(BigDecimal.valueOf(nanosPerUnit))
                .min(BigDecimal.valueOf(Duration.ofDays(30).toNanos()))
                .longValue();
        if (nanos == 0) {
            throw refused(name, value);
        }
        return Duration.ofNanos(nanos);
    }

    static double factor(String name, String value) {
        if (!value.matches("\\d{1,6}(\\.\\d{1,6})?") || Double.parseDouble(value) < 1.0) {
            throw new InvalidSetting("The budget " + name + " is '" + value + "'; accepted is a number from 1.0.");
        }
        return Double.parseDouble(value);
    }

    private static InvalidSetting refused(String name, String value) {
        return new InvalidSetting("The budget " + name + " is '" + value
                + "'; accepted is a duration above zero such as 250ms, 1.5s or 2m.");
    }
}
