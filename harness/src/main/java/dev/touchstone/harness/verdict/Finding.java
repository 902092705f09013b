package dev.touchstone.harness.verdict;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * One way in which a transcript departs from a rule.
 *
 * @param expected what the rule accepts, one sentence without a final full stop
 * @param actual what was seen, with the value
 * @param byteOffset offset into the response body of the byte at which it shows, where there is one
 * @param atMillis milliseconds since the request was sent, where there is such a moment
 */
public record Finding(String expected, String actual, OptionalLong byteOffset, OptionalDouble atMillis) {

    public static Finding of(String expected, String actual) {
        return new Finding(expected, actual, OptionalLong.empty(), OptionalDouble.empty());
    }

    public static Finding at(long byteOffset, String expected, String actual) {
        return new Finding(expected, actual, OptionalLong.of(byteOffset), OptionalDouble.empty());
    }
}
