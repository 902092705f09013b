package dev.touchstone.worker.fault;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.Stream;

/** Functions of the C library by name. Thread-safe. */
final class SystemCall {

    private SystemCall() {}

    /**
     * Calls a function that returns an int, negative where it failed.
     *
     * @param arguments each an Integer, a Long or a MemorySegment, as the function declares them
     */
    static int call(String name, Object... arguments) {
        Linker linker = Linker.nativeLinker();
        var function = linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        Stream.of(arguments).map(SystemCall::layout).toArray(MemoryLayout[]::new)));
        int status;
        try {
            status = (int) function.invokeWithArguments(List.of(arguments));
        } catch (Throwable e) {
            throw new IllegalStateException(name + " cannot be called", e);
        }
        if (status < 0) {
            throw new IllegalStateException(name + " failed.");
        }
        return status;
    }

    private static MemoryLayout layout(Object argument) {
        return switch (argument) {
            case Integer _ -> ValueLayout.JAVA_INT;
            case Long _ -> ValueLayout.JAVA_LONG;
            case MemorySegment _ -> ValueLayout.ADDRESS;
            default -> throw new IllegalArgumentException("An argument is neither int, long nor address.");
        };
    }
}
