package dev.touchstone.worker.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.worker.engine.ModelLoadException;
import dev.touchstone.worker.engine.cuda.KernelSpec.Argument;
import dev.touchstone.worker.engine.cuda.KernelSpec.Kind;
import dev.touchstone.worker.model.gguf.TensorType;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogueTest {

    private static final String ENTRY = """
            {"constants":{"ATTEND_CHUNK":128},"kernels":[{"name":"sum","variants":["f16","q8_0","mixed"],
             "arguments":[{"name":"w","type":"matrix"},{"name":"x","type":"pointer"},{"name":"n","type":"int"},
                          {"name":"e","type":"float"}],
             "block":256,"grid":{"x":{"rule":"ceil","of":"rows","by":8},"y":{"rule":"fixed","blocks":3}},
             "shared_bytes":{"rule":"ceil","of":"cols","by":32,"times":128,"plus":64}}]}""";

    @Test
    void readsAnEntry() throws IOException {
        Catalogue catalogue = Catalogue.read(json(ENTRY));
        KernelSpec sum = catalogue.kernel("sum");
        assertThat(catalogue.constant("ATTEND_CHUNK")).isEqualTo(128);
        assertThat(sum.block()).isEqualTo(256);
        assertThat(sum.arguments())
                .containsExactly(
                        new Argument("w", Kind.MATRIX),
                        new Argument("x", Kind.POINTER),
                        new Argument("n", Kind.INT),
                        new Argument("e", Kind.FLOAT));
        Map<String, Integer> sizes = Map.of("rows", 17, "cols", 33);
        assertThat(sum.gridX().of(sizes)).isEqualTo(3);
        assertThat(sum.gridY().of(sizes)).isEqualTo(3);
        assertThat(sum.sharedBytes().of(sizes)).isEqualTo(2 * 128 + 64);
    }

    @Test
    void findsTheInstanceForTheTypes() throws IOException {
        KernelSpec sum = Catalogue.read(json(ENTRY)).kernel("sum");
        assertThat(sum.instance(TensorType.F16)).isEqualTo("sum_f16");
        assertThat(sum.instance(TensorType.Q8_0, TensorType.Q8_0)).isEqualTo("sum_q8_0");
        assertThat(sum.instance(TensorType.Q8_0, TensorType.F16)).isEqualTo("sum_mixed");
        assertThat(sum.instance(TensorType.Q6_K, TensorType.Q6_K)).isEqualTo("sum_mixed");
    }

    @Test
    void saysWhatIsMissing() throws IOException {
        Catalogue catalogue = Catalogue.read(json(ENTRY));
        assertThatThrownBy(() -> catalogue.kernel("product"))
                .isInstanceOf(ModelLoadException.class)
                .hasMessage("This build's kernels lack 'product'; build it again where nvcc is.");
        assertThatThrownBy(() -> catalogue.constant("CHUNK")).hasMessageContaining("'CHUNK'");
    }

    @Test
    void ruleNamesTheSizeThatItLacks() throws IOException {
        LaunchRule rule = Catalogue.read(json(ENTRY)).kernel("sum").gridX();
        assertThatThrownBy(() -> rule.of(Map.of("cols", 1)))
                .hasMessageContaining("'rows'")
                .hasMessageContaining("[cols]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"block\":256,/\"block\":2048,",
                "\"type\":\"matrix\"/\"type\":\"tensor\"",
                "\"rule\":\"ceil\"/\"rule\":\"floor\"",
                "\"by\":8/\"by\":0",
                "\"name\":\"sum\"/\"name\":\"\""
            })
    void refusesAnEntryThatIsNotSound(String change) {
        String broken = ENTRY.replace(change.split("/")[0], change.split("/")[1]);
        assertThatThrownBy(() -> Catalogue.read(json(broken))).isInstanceOf(IllegalArgumentException.class);
    }

    private static JsonNode json(String text) throws IOException {
        return new ObjectMapper().readTree(text);
    }
}
