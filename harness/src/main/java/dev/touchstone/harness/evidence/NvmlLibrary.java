package dev.touchstone.harness.evidence;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Calls functions of the NVIDIA Management Library. Every function that is used here returns {@code nvmlReturn_t} and
 * takes pointers and 32-bit integers only. Not thread-safe.
 */
final class NvmlLibrary {

    /** By name first; then where containers and WSL put it, outside the loader's path. */
    private static final List<String> NAMES = List.of(
            "libnvidia-ml.so.1",
            "/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1",
            "/usr/lib/aarch64-linux-gnu/libnvidia-ml.so.1",
            "/usr/local/nvidia/lib64/libnvidia-ml.so.1",
            "/usr/lib/wsl/lib/libnvidia-ml.so.1");

    private final SymbolLookup symbols;
    private final Map<String, Optional<MethodHandle>> functions = new HashMap<>();

    NvmlLibrary(SymbolLookup symbols) {
        this.symbols = symbols;
    }

    /** Loads the library; it stays loaded. */
    static Reading<NvmlLibrary> load() {
        for (String name : NAMES) {
            try {
                return Reading.of(new NvmlLibrary(SymbolLookup.libraryLookup(name, Arena.global())));
            } catch (IllegalArgumentException notThere) {
                // tells no more than that it is not there: try the next place
                continue;
            } catch (IllegalCallerException denied) {
                return Reading.none("this Java may not load native libraries (--enable-native-access=ALL-UNNAMED)");
            }
        }
        return Reading.none("there is no NVIDIA driver here: libnvidia-ml.so.1 was not found");
    }

    /** Calls a function; {@link NvmlStatus#FUNCTION_NOT_FOUND} where the library does not have it. */
    int call(String name, Object... arguments) {
        Optional<MethodHandle> function = functions.computeIfAbsent(
                name,
                n -> symbols.find(n)
                        .map(address -> Linker.nativeLinker().downcallHandle(address, signature(arguments))));
        if (function.isEmpty()) {
            return NvmlStatus.FUNCTION_NOT_FOUND;
        }
        try {
            return (int) function.get().invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new IllegalStateException("The call of %s does not fit its signature.".formatted(name), e);
        }
    }

    private static FunctionDescriptor signature(Object... arguments) {
        MemoryLayout[] layouts = new MemoryLayout[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            layouts[i] = layout(arguments[i]);
        }
        return FunctionDescriptor.of(ValueLayout.JAVA_INT, layouts);
    }

    private static MemoryLayout layout(Object argument) {
        AddressLayout address = ValueLayout.ADDRESS;
        return argument instanceof MemorySegment ? address : ValueLayout.JAVA_INT;
    }
}
