package dev.touchstone.worker.engine.cuda;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.worker.engine.ModelLoadException;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;

/** The kernels of this build, as {@code catalogue.json} beside the fatbin describes them. Immutable. */
record Catalogue(Map<String, Integer> constants, Map<String, KernelSpec> kernels) {

    private static final String RESOURCE = "/kernels/catalogue.json";

    Catalogue {
        constants = Map.copyOf(constants);
        kernels = Map.copyOf(kernels);
    }

    /**
     * Reads the build's own.
     *
     * @throws ModelLoadException if it is missing or not sound
     */
    static Catalogue load() throws ModelLoadException {
        try (InputStream in = Catalogue.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new ModelLoadException("This build's kernels have no catalogue (%s).".formatted(RESOURCE));
            }
            return read(new ObjectMapper().readTree(in));
        } catch (IllegalArgumentException notSound) {
            throw new ModelLoadException(
                    "The catalogue of this build's kernels is not sound: %s.".formatted(notSound.getMessage()));
        } catch (ModelLoadException told) {
            throw told;
        } catch (IOException notRead) {
            throw new ModelLoadException("The catalogue of this build's kernels cannot be read (%s)."
                    .formatted(notRead.getClass().getSimpleName()));
        }
    }

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException if an entry is not sound
     */
    static Catalogue read(JsonNode node) {
        Map<String, Integer> constants = new LinkedHashMap<>();
        node.path("constants")
                .properties()
                .forEach(constant ->
                        constants.put(constant.getKey(), constant.getValue().asInt()));
        Map<String, KernelSpec> kernels = new LinkedHashMap<>();
        for (JsonNode entry : node.path("kernels")) {
            KernelSpec spec = KernelSpec.read(entry);
            if (kernels.put(spec.name(), spec) != null) {
                throw new IllegalArgumentException("'%s' occurs twice".formatted(spec.name()));
            }
        }
        return new Catalogue(constants, kernels);
    }

    /** @throws ModelLoadException if there is none of this name */
    KernelSpec kernel(String name) throws ModelLoadException {
        KernelSpec spec = kernels.get(name);
        if (spec == null) {
            throw new ModelLoadException(
                    "This build's kernels lack '%s'; build it again where nvcc is.".formatted(name));
        }
        return spec;
    }

    /** @throws ModelLoadException if there is none of this name */
    int constant(String name) throws ModelLoadException {
        Integer value = constants.get(name);
        if (value == null || value < 1) {
            throw new ModelLoadException(
                    "The catalogue of this build's kernels lacks the constant '%s'.".formatted(name));
        }
        return value;
    }
}
