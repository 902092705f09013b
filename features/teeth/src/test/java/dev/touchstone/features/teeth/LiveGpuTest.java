package dev.touchstone.features.teeth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.harness.cli.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveGpuTest {

    private static final Fault WIRE = ServeFaultCommandTest.fault("two-terminals", Layer.WIRE, false);
    private static final Fault RECORDED = ServeFaultCommandTest.fault("runner-gone", Layer.HOST, false);
    private static final Fault LIVE = ServeFaultCommandTest.fault("weights-elsewhere", Layer.HOST, true);

    @TempDir
    Path folder;

    @Test
    void hasTheWorkerTakeTheGpuAndTheModel() throws IOException {
        Path model = Files.createFile(folder.resolve("a model.gguf"));
        LiveGpu gpu = LiveGpu.of("1", Optional.of(model));
        assertThat(gpu.on(Setup.of(LIVE)).options()).isEqualTo("--gpu-device 1 --model '" + model + "'");
        assertThat(gpu.on(Setup.of(LIVE).with("--context 512")).options())
                .isEqualTo("--context 512 --gpu-device 1 --model '" + model + "'");
    }

    @Test
    void tellsTheKitHowLargeTheModelIs() throws IOException {
        Path model = Files.write(folder.resolve("model.gguf"), new byte[300]);
        LiveGpu gpu = LiveGpu.of("0", Optional.of(model));
        assertThat(gpu.on(Setup.of(LIVE)).modelBytes()).hasValue(300);
        assertThat(Setup.of(LIVE).modelBytes()).isEmpty();
        gpu.tell();
        try {
            assertThat(LiveGpu.told()).contains(gpu);
        } finally {
            System.clearProperty(LiveGpu.PROPERTY);
        }
    }

    @Test
    void saysWhatIsMissingInOneSentence() {
        assertThatThrownBy(() -> LiveGpu.of("first", Optional.of(folder)))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("--gpu-device is 'first'");
        assertThatThrownBy(() -> LiveGpu.of("0", Optional.empty()))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContainingAll("needs --model FILE", "model synth");
        assertThatThrownBy(() -> LiveGpu.of("0", Optional.of(folder.resolve("none"))))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("can be read");
    }

    @Test
    void judgesOnlyWhatAGpuShows() {
        Chosen host = new Chosen(List.of(RECORDED, LIVE), List.of());
        assertThat(LiveGpu.of(host, false).faults()).containsExactly(LIVE);
        assertThatThrownBy(() -> LiveGpu.of(host, true))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("'runner-gone' is none");
        assertThatThrownBy(() -> LiveGpu.of(new Chosen(List.of(WIRE), List.of()), true))
                .hasMessageContaining("'two-terminals' is none");
        assertThat(LiveGpu.of(new Chosen(List.of(LIVE), List.of()), true).faults())
                .containsExactly(LIVE);
    }

    @Test
    void theCatalogueHasLiveFaultsForEachPromiseThatAGpuShows() {
        List<Fault> live =
                FaultCatalogue.load().faults().stream().filter(Fault::live).toList();
        assertThat(live).hasSizeGreaterThanOrEqualTo(19);
        assertThat(live.stream().flatMap(fault -> fault.requirements().stream()))
                .contains("VR-01", "VR-02", "VR-03", "VR-04", "VR-05", "VR-08", "LI-05", "HL-05");
    }
}
