package dev.touchstone.worker.engine.cuda;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.worker.model.gguf.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A kernel as the catalogue describes it.
 *
 * @param variants suffixes of its instances, a type's name or {@code mixed}; empty where there is but one
 * @param arguments in order
 * @param block threads of a block
 * @param cluster blocks of a cluster, by which the kernel was compiled; 1 where it has none
 */
record KernelSpec(
        String name,
        List<String> variants,
        List<Argument> arguments,
        int block,
        int cluster,
        LaunchRule gridX,
        LaunchRule gridY,
        LaunchRule sharedBytes) {

    private static final int PORTABLE_CLUSTER = 8;

    /** Kinds of arguments. */
    enum Kind {
        POINTER(8),
        MATRIX(DeviceMatrix.STRUCT_BYTES),
        INT(4),
        FLOAT(4);

        private final int bytes;

        Kind(int bytes) {
            this.bytes = bytes;
        }

        int bytes() {
            return bytes;
        }
    }

    record Argument(String name, Kind kind) {}

    KernelSpec {
        variants = List.copyOf(variants);
        arguments = List.copyOf(arguments);
    }

    /** Whether the device must be told that a cluster may be larger than the 8 blocks that every such device has room for. */
    boolean hasLargeClusters() {
        return cluster > PORTABLE_CLUSTER;
    }

    /**
     * Reads an entry.
     *
     * @throws IllegalArgumentException if it lacks something or a value is not known
     */
    static KernelSpec read(JsonNode node) {
        String name = node.path("name").asText();
        int block = node.path("block").asInt();
        if (name.isEmpty()
                || block < 1
                || block > 1024
                || !node.path("arguments").isArray()) {
            throw new IllegalArgumentException(
                    "an entry needs a name, arguments and a block of 1 to 1024 threads, but was " + node);
        }
        List<String> variants = new ArrayList<>();
        node.path("variants").forEach(variant -> variants.add(variant.asText()));
        List<Argument> arguments = new ArrayList<>();
        for (JsonNode argument : node.path("arguments")) {
            arguments.add(new Argument(
                    argument.path("name").asText(), kind(argument.path("type").asText())));
        }
        JsonNode grid = node.path("grid");
        return new KernelSpec(
                name,
                variants,
                arguments,
                block,
                node.path("cluster").asInt(1),
                LaunchRule.read(grid.path("x")),
                grid.has("y") ? LaunchRule.read(grid.path("y")) : LaunchRule.always(1),
                node.has("shared_bytes") ? LaunchRule.read(node.path("shared_bytes")) : LaunchRule.always(0));
    }

    private static Kind kind(String text) {
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "the argument type '%s' is not pointer, matrix, int or float".formatted(text)));
    }

    /** The instance for matrices of these types: their own where it is one type and has one, else the mixed one. */
    String instance(TensorType... types) {
        if (variants.isEmpty()) {
            return name;
        }
        String only = types[0].name().toLowerCase(Locale.ROOT);
        boolean same = Arrays.stream(types).allMatch(type -> type == types[0]);
        return name + "_" + (same && variants.contains(only) ? only : "mixed");
    }
}
