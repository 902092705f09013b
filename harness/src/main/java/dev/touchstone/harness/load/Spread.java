package dev.touchstone.harness.load;

import java.util.Arrays;
import java.util.List;

/**
 * One measured quantity over several rounds. Immutable.
 *
 * @param name what was measured, such as {@code decode, by the client}
 * @param unit such as {@code tokens/s} or {@code ms}
 * @param values one a round, in rising order
 */
public record Spread(String name, String unit, List<Double> values) {

    public Spread {
        values = values.stream().sorted().toList();
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    /** The middle value, or the mean of the two middle ones; NaN for none. */
    public double median() {
        int count = values.size();
        return count == 0 ? Double.NaN : (values.get((count - 1) / 2) + values.get(count / 2)) / 2;
    }

    /** The nearest-rank percentile: the least value that so many per cent of all do not exceed; NaN for none. */
    public double percentile(double percent) {
        int rank = (int) Math.ceil(percent / 100 * values.size());
        return values.isEmpty() ? Double.NaN : values.get(Math.clamp(rank - 1, 0, values.size() - 1));
    }

    public double least() {
        return values.isEmpty() ? Double.NaN : values.getFirst();
    }

    public double most() {
        return values.isEmpty() ? Double.NaN : values.getLast();
    }

    static Spread of(String name, String unit, double... values) {
        return new Spread(name, unit, Arrays.stream(values).boxed().toList());
    }
}
