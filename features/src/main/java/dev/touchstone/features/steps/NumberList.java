package dev.touchstone.features.steps;

import io.cucumber.java.ParameterType;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;

/** Numbers separated by commas, as steps list them. Public because Cucumber makes it. */
public final class NumberList {

    @ParameterType("\\d+(?:, \\d+)*")
    public List<BigInteger> numbers(String text) {
        return Arrays.stream(text.split(", ", -1)).map(BigInteger::new).toList();
    }
}
