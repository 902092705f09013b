package dev.touchstone.harness.evidence;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a look at the host gave: the value, or one sentence that says why there is none. Immutable where {@code T} is.
 * In JSON it is {@code {"value": …}} or {@code {"unavailable": "…"}}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
@JsonSubTypes({@JsonSubTypes.Type(Reading.Evidence.class), @JsonSubTypes.Type(Reading.Unavailable.class)})
public sealed interface Reading<T> {

    /** It was read. */
    record Evidence<T>(T value) implements Reading<T> {}

    /**
     * It could not be read.
     *
     * @param unavailable why, one sentence without a final full stop
     */
    record Unavailable<T>(String unavailable) implements Reading<T> {}

    static <T> Reading<T> of(T value) {
        return new Evidence<>(value);
    }

    static <T> Reading<T> none(String reason) {
        return new Unavailable<>(reason);
    }

    /** The value, where there is one. */
    default Optional<T> found() {
        return switch (this) {
            case Evidence<T>(T value) -> Optional.of(value);
            case Unavailable<T> _ -> Optional.empty();
        };
    }

    /** Why there is no value; empty text where there is one. */
    default String reason() {
        return switch (this) {
            case Evidence<T> _ -> "";
            case Unavailable<T>(String why) -> why;
        };
    }

    /** Goes on with the value, or hands on why there is none. */
    default <R> Reading<R> then(Function<T, Reading<R>> next) {
        return switch (this) {
            case Evidence<T>(T value) -> next.apply(value);
            case Unavailable<T>(String why) -> none(why);
        };
    }
}
