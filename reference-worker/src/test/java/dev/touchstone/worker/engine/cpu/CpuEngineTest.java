package dev.touchstone.worker.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.worker.engine.ModelLoadException;
import dev.touchstone.worker.engine.Sequence;
import dev.touchstone.worker.model.SharedFiles;
import dev.touchstone.worker.model.gguf.GgufFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuEngineTest {

    @Test
    void tellsTheProgressOfTheLoadAndTheModelsFacts() throws IOException {
        List<Integer> progress = new ArrayList<>();
        try (GgufFile file = GgufFile.open(model());
                CpuEngine engine = CpuEngine.load(file, 100, 1, progress::add)) {
            assertThat(progress).containsExactly(0, 25, 50, 75, 100);
            assertThat(engine.facts().quantKind()).isEqualTo("Q8_0");
            assertThat(engine.facts().vocabSize()).isEqualTo(4096);
            assertThat(engine.facts().contextLength()).isEqualTo(100);
            assertThat(engine.facts().kvBytesPerToken()).isEqualTo(8 * 2 * 128 * 4);
            assertThat(engine.facts().resident()).isFalse();
        }
    }

    @Test
    void refusesAContextBeyondTheModels() throws IOException {
        try (GgufFile file = GgufFile.open(model())) {
            assertThatThrownBy(() -> CpuEngine.load(file, 2049, 1))
                    .isInstanceOf(ModelLoadException.class)
                    .hasMessageContaining("2049")
                    .hasMessageContaining("2048");
        }
    }

    @Test
    void refusesAnArchitectureThatItDoesNotKnow(@TempDir Path folder) throws IOException {
        assertRefused(folder, "qwen2", "qwenX", "general.architecture is 'qwenX'");
    }

    @Test
    void refusesAModelWithoutOneOfItsTensors(@TempDir Path folder) throws IOException {
        assertRefused(folder, "blk.3.ffn_up.weight", "blk.3.ffn_uq.weight", "no tensor blk.3.ffn_up.weight");
    }

    @Test
    void refusesMoreTokensThanTheSequenceHolds() throws IOException {
        try (GgufFile file = GgufFile.open(model());
                CpuEngine engine = CpuEngine.load(file, 0, 1);
                Sequence sequence = engine.open(2)) {
            float[] logits = new float[engine.facts().vocabSize()];
            sequence.prefill(new int[] {1, 2}, 0, 2, logits);
            assertThatThrownBy(() -> sequence.decode(3, logits)).isInstanceOf(IllegalStateException.class);
            assertThat(sequence.position()).isEqualTo(2);
        }
    }

    private static Path model() {
        return SharedFiles.shared("models/touchstone-tiny-q8_0.gguf");
    }

    /** Loads the model with the first occurrence of a text replaced by another of the same length. */
    private static void assertRefused(Path folder, String from, String to, String message) throws IOException {
        String bytes = Files.readString(model(), StandardCharsets.ISO_8859_1);
        int at = bytes.indexOf(from);
        Path changed = folder.resolve("changed.gguf");
        Files.writeString(
                changed,
                bytes.substring(0, at) + to + bytes.substring(at + from.length()),
                StandardCharsets.ISO_8859_1);
        try (GgufFile file = GgufFile.open(changed)) {
            assertThatThrownBy(() -> CpuEngine.load(file, 0, 1))
                    .isInstanceOf(ModelLoadException.class)
                    .hasMessageContaining(message);
        }
    }
}
