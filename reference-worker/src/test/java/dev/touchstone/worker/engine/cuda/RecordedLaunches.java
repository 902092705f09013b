package dev.touchstone.worker.engine.cuda;

import dev.touchstone.worker.engine.ModelLoadException;
import dev.touchstone.worker.model.gguf.TensorType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Kernels that are not launched, but written down as the driver would see them. */
final class RecordedLaunches implements KernelSource {

    /** One launch. */
    record Launch(
            String instance,
            int gridX,
            int gridY,
            int block,
            int shared,
            boolean overlapping,
            Map<String, Long> arguments) {

        long argument(String name) {
            Long value = arguments.get(name);
            if (value == null) {
                throw new IllegalArgumentException(name + " is not among " + arguments.keySet());
            }
            return value;
        }
    }

    final List<Launch> launches = new ArrayList<>();
    final List<Integer> allowed = new ArrayList<>();
    private final Catalogue catalogue;
    private final Arena arena = Arena.ofAuto();

    RecordedLaunches(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    /** This build's catalogue. */
    static Catalogue catalogue() throws IOException {
        return Catalogue.load();
    }

    @Override
    public Kernel kernel(String name, TensorType... types) throws ModelLoadException {
        KernelSpec spec = catalogue.kernel(name);
        String instance = types.length == 0 ? name : spec.instance(types);
        return new Kernel(
                instance,
                spec,
                77,
                99,
                (config, function, arguments) -> {
                    launches.add(read(instance, spec, config, arguments));
                    return 0;
                },
                bytes -> {
                    allowed.add(bytes);
                    return 0;
                },
                arena);
    }

    private static Launch read(String instance, KernelSpec spec, MemorySegment config, MemorySegment arguments) {
        Map<String, Long> values = new LinkedHashMap<>();
        for (int i = 0; i < spec.arguments().size(); i++) {
            KernelSpec.Argument argument = spec.arguments().get(i);
            MemorySegment at = arguments
                    .getAtIndex(ValueLayout.ADDRESS, i)
                    .reinterpret(argument.kind().bytes());
            values.put(
                    argument.name(),
                    switch (argument.kind()) {
                        case POINTER, MATRIX -> at.get(ValueLayout.JAVA_LONG, 0);
                        case INT, FLOAT -> (long) at.get(ValueLayout.JAVA_INT, 0);
                    });
        }
        return new Launch(
                instance,
                config.get(ValueLayout.JAVA_INT, 0),
                config.get(ValueLayout.JAVA_INT, 4),
                config.get(ValueLayout.JAVA_INT, 12),
                config.get(ValueLayout.JAVA_INT, 24),
                config.get(ValueLayout.JAVA_INT, 48) == 1,
                values);
    }
}
