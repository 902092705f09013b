package dev.touchstone.features.teeth.wire;

/** One header of a request or an answer, its name as written. */
public record HeaderLine(String name, String value) {

    boolean is(String other) {
        return name.equalsIgnoreCase(other);
    }
}
