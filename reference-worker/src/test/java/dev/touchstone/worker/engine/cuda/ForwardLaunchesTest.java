package dev.touchstone.worker.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.worker.engine.ModelLoadException;
import dev.touchstone.worker.engine.Shape;
import dev.touchstone.worker.engine.cuda.RecordedLaunches.Launch;
import dev.touchstone.worker.model.gguf.TensorType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which kernels a pass launches, in which order, with which arguments and grids: against the catalogue itself. */
class ForwardLaunchesTest {

    private static final int LAYERS = 3;
    private static final int NO_CLUSTERS = 0;
    private static final Shape SHAPE = new Shape("qwen2", LAYERS, 896, 14, 2, 64, 4864, 4096, 1e-6f, true, 64, 1e6, 1);

    private RecordedLaunches recorded = new RecordedLaunches(new Catalogue(java.util.Map.of(), java.util.Map.of()));
    private long next = 1 << 20;

    @BeforeEach
    void readCatalogue() throws IOException {
        recorded = new RecordedLaunches(RecordedLaunches.catalogue());
    }

    private DeviceMatrix matrix(TensorType type, int rows, int columns) {
        next += 1 << 20;
        return new DeviceMatrix(next, 0, 0, type, rows, columns);
    }

    private DeviceModel model(TensorType type, TensorType values) {
        List<DeviceLayer> layers = new ArrayList<>();
        for (int l = 0; l < LAYERS; l++) {
            layers.add(new DeviceLayer(
                    1,
                    matrix(type, 896, 896),
                    matrix(type, 128, 896),
                    matrix(values, 128, 896),
                    2,
                    3,
                    4,
                    matrix(type, 896, 896),
                    5,
                    matrix(type, 4864, 896),
                    matrix(type, 4864, 896),
                    matrix(values, 896, 4864)));
        }
        DeviceMatrix table = matrix(TensorType.Q8_0, 151_936, 896);
        Scratch scratch = new Scratch(
                101, 102_000, 103, 104, 105, 106_000, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119,
                120, 121, 122, 123);
        return new DeviceModel(
                SHAPE, 4096, new DeviceWeights(table, layers, 6, table, 7), scratch, KvLayout.of(SHAPE, KvType.F16));
    }

    private List<String> names() {
        return recorded.launches.stream().map(Launch::instance).toList();
    }

    private Launch launch(String instance, int nth) {
        return recorded.launches.stream()
                .filter(launch -> launch.instance().equals(instance))
                .toList()
                .get(nth);
    }

    @Test
    void decodeIsFiveDependentStepsALayer() throws IOException {
        DecodeKernels kernels = new DecodeKernels(recorded, model(TensorType.F16, TensorType.F16), NO_CLUSTERS);
        kernels.step(1024);
        kernels.choose(9, true);
        assertThat(names()).hasSize(1 + 5 * LAYERS + 2).startsWith("embed_row", "rms_qkv_rope_f16", "attend");
        assertThat(names().subList(3, 7))
                .containsExactly("matvec_add_f16", "rms_gate_up_f16", "matvec_add_f16", "rms_qkv_rope_f16");
        assertThat(names()).endsWith("rms_logits_q8_0", "choose");
        assertThat(recorded.launches.getFirst().overlapping()).isFalse();
        assertThat(recorded.launches.stream().skip(1)).allMatch(Launch::overlapping);
    }

    @Test
    void decodeGivesEachKernelItsArguments() throws IOException {
        DecodeKernels kernels = new DecodeKernels(recorded, model(TensorType.F16, TensorType.F16), NO_CLUSTERS);
        kernels.step(1024);
        Launch project = launch("rms_qkv_rope_f16", 1);
        assertThat(project.argument("step")).isEqualTo(123);
        assertThat(project.argument("x")).isEqualTo(114);
        assertThat(project.argument("biasQ")).isEqualTo(2);
        assertThat(project.argument("biasV")).isEqualTo(4);
        assertThat(project.argument("rope")).isEqualTo(7);
        assertThat(project.argument("ropeSize")).isEqualTo(64);
        assertThat(project.argument("halfSplit")).isEqualTo(1);
        assertThat(project.argument("layer")).isEqualTo(1);
        assertThat(project.argument("kvHeads")).isEqualTo(2);
        assertThat(project.argument("queries")).isEqualTo(115);
        Launch attend = launch("attend", 2);
        assertThat(attend.argument("layer")).isEqualTo(2);
        assertThat(attend.argument("out")).isEqualTo(116);
        assertThat(attend.argument("heads")).isEqualTo(14);
        assertThat(attend.gridX()).isEqualTo(2);
        Launch down = launch("matvec_add_f16", 1);
        assertThat(down.argument("in")).isEqualTo(118);
        assertThat(down.argument("x")).isEqualTo(114);
    }

    @Test
    void attentionsGridCoversTheGraphsPositions() throws IOException {
        int chunk = RecordedLaunches.catalogue().constant("ATTEND_CHUNK");
        new DecodeKernels(recorded, model(TensorType.F16, TensorType.F16), NO_CLUSTERS).step(4096);
        assertThat(launch("attend", 0).gridY()).isEqualTo(4096 / chunk);
    }

    @Test
    void positionsAtTheBeginningAreAttendedByClusters() throws IOException {
        int near = RecordedLaunches.catalogue().constant("ATTEND_CLUSTER_POSITIONS");
        new DecodeKernels(recorded, model(TensorType.F16, TensorType.F16), near).step(near);
        Launch attend = launch("attend_cluster_64_f16", 1);
        assertThat(attend.gridX()).isEqualTo(2);
        assertThat(attend.gridY() * RecordedLaunches.catalogue().constant("ATTEND_CHUNK"))
                .isEqualTo(near);
        assertThat(attend.argument("out")).isEqualTo(116);
        assertThat(attend.argument("layer")).isEqualTo(1);
        assertThat(names()).doesNotContain("attend").hasSize(1 + 5 * LAYERS + 1);
    }

    @Test
    void positionsBeyondThoseAreNot() throws IOException {
        int near = RecordedLaunches.catalogue().constant("ATTEND_CLUSTER_POSITIONS");
        new DecodeKernels(recorded, model(TensorType.F16, TensorType.F16), near).step(4 * near);
        assertThat(names()).contains("attend").doesNotContain("attend_cluster_64_f16");
    }

    @Test
    void typesSideBySideTakeTheMixedInstance() throws IOException {
        new DecodeKernels(recorded, model(TensorType.Q5_0, TensorType.Q6_K), NO_CLUSTERS).step(256);
        assertThat(names()).contains("rms_qkv_rope_mixed", "rms_gate_up_q5_0", "matvec_add_q5_0", "matvec_add_q6_k");
    }

    @Test
    void prefillOfHalfWeightsNeedsNoDequantizing() throws IOException {
        PrefillKernels kernels = new PrefillKernels(recorded, model(TensorType.F16, TensorType.F16), 1 << 20);
        kernels.pass(100, 40, 5000, 4096, false);
        assertThat(names().subList(0, 14))
                .containsExactly(
                        "embed_rows",
                        "rms_split",
                        "gemm_16",
                        "gemm_16",
                        "gemm_16",
                        "rope_store",
                        "attend_rows",
                        "split_rows",
                        "gemm_16",
                        "rms_split",
                        "gemm_64",
                        "gemm_64",
                        "silu_split",
                        "gemm_16");
        assertThat(names()).endsWith("rope_store");
        assertThat(recorded.launches).noneMatch(Launch::overlapping);
        Launch store = launch("rope_store", 0);
        assertThat(store.argument("base")).isEqualTo(40);
        assertThat(store.argument("count")).isEqualTo(100);
        assertThat(store.argument("kv")).isEqualTo(5000);
        assertThat(store.argument("capacity")).isEqualTo(4096);
        assertThat(store.argument("ldK")).isEqualTo(128);
    }

    @Test
    void lastLayerWorksForTheLastTokenOnly() throws IOException {
        PrefillKernels kernels = new PrefillKernels(recorded, model(TensorType.F16, TensorType.F16), 1 << 20);
        kernels.pass(100, 40, 5000, 4096, true);
        Launch attend = launch("attend_rows", LAYERS - 1);
        assertThat(attend.argument("base")).isEqualTo(139);
        assertThat(attend.argument("count")).isEqualTo(1);
        assertThat(attend.argument("q")).isEqualTo(106_000 + 4 * 99 * 896);
        Launch down = recorded.launches.getLast();
        assertThat(down.instance()).isEqualTo("gemm_16");
        assertThat(down.argument("out")).isEqualTo(102_000 + 4 * 99 * 896);
        assertThat(down.argument("add")).isEqualTo(1);
    }

    @Test
    void otherWeightsAreDequantizedBeforeEachProduct() throws IOException {
        PrefillKernels kernels = new PrefillKernels(recorded, model(TensorType.Q4_0, TensorType.Q4_0), 1 << 20);
        kernels.pass(10, 0, 5000, 4096, true);
        long dequantized = names().stream().filter("dequantize"::equals).count();
        assertThat(dequantized).isEqualTo(7 * LAYERS);
        assertThat(launch("gemm_16", 0).argument("weightHi")).isEqualTo(112);
        assertThat(launch("gemm_16", 0).argument("weightLo")).isEqualTo(113);
    }

    @Test
    void tileFollowsTheWorkAndTheDevice() throws IOException {
        assertThat(tiles(16, SHAPE, 1 << 20)).containsExactlyInAnyOrder("gemm_16");
        assertThat(tiles(2048, SHAPE, 1 << 20)).containsExactlyInAnyOrder("gemm_64");
        Shape wide = new Shape("llama", 1, 896, 14, 2, 64, 20_000, 4096, 1e-6f, false, 64, 1e4, 1);
        assertThat(tiles(2048, wide, 1 << 20)).contains("gemm_128");
        assertThat(tiles(1000, wide, 1 << 20)).doesNotContain("gemm_128");
        assertThat(tiles(2048, wide, 100 << 10)).doesNotContain("gemm_128");
    }

    /** Tiles of a pass without its small projections. */
    private List<String> tiles(int count, Shape shape, int mostShared) throws IOException {
        recorded.launches.clear();
        DeviceModel model = model(TensorType.F16, TensorType.F16);
        DeviceLayer layer = new DeviceLayer(
                1,
                matrix(TensorType.F16, 896, 896),
                matrix(TensorType.F16, 128, 896),
                matrix(TensorType.F16, 128, 896),
                0,
                0,
                0,
                matrix(TensorType.F16, 896, 896),
                5,
                matrix(TensorType.F16, shape.feedForward(), 896),
                matrix(TensorType.F16, shape.feedForward(), 896),
                matrix(TensorType.F16, 896, shape.feedForward()));
        DeviceWeights weights = new DeviceWeights(
                model.weights().embedding(),
                List.of(layer, layer),
                6,
                model.weights().output(),
                7);
        DeviceModel other = new DeviceModel(shape, 4096, weights, model.scratch(), model.kv());
        new PrefillKernels(recorded, other, mostShared).pass(count, 0, 5000, 4096, false);
        return recorded.launches.stream()
                .filter(launch -> launch.instance().startsWith("gemm") && launch.argument("rows") >= 896)
                .map(Launch::instance)
                .distinct()
                .toList();
    }

    @Test
    void deviceWithoutRoomForAnyTileIsRefused() {
        assertThatThrownBy(() -> new PrefillKernels(recorded, model(TensorType.F16, TensorType.F16), 1000))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContaining("1000 bytes");
    }
}
