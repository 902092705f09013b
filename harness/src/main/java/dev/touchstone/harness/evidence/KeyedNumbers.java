package dev.touchstone.harness.evidence;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers of a text with one {@code Name: 123 kB} or {@code name: 123} a line, kB as bytes. Immutable. */
final class KeyedNumbers {

    private static final Pattern LINE = Pattern.compile("([A-Za-z_]+):\\s*(\\d{1,18})( kB)?");

    private final Map<String, Long> numbers;

    private KeyedNumbers(Map<String, Long> numbers) {
        this.numbers = Map.copyOf(numbers);
    }

    /** Reads what has this form and passes over every other line. */
    static KeyedNumbers parse(String text) {
        Map<String, Long> numbers = new HashMap<>();
        text.lines().forEach(line -> {
            Matcher matcher = LINE.matcher(line.strip());
            if (matcher.matches()) {
                long unit = matcher.group(3) == null ? 1 : 1024;
                numbers.put(matcher.group(1), Long.parseLong(matcher.group(2)) * unit);
            }
        });
        return new KeyedNumbers(numbers);
    }

    OptionalLong get(String name) {
        return numbers.containsKey(name) ? OptionalLong.of(numbers.get(name)) : OptionalLong.empty();
    }

    boolean hasAll(String... names) {
        for (String name : names) {
            if (!numbers.containsKey(name)) {
                return false;
            }
        }
        return true;
    }

    long orZero(String name) {
        return get(name).orElse(0);
    }
}
