package dev.touchstone.worker.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GpuSearchTest {

    private static final CudaDevice OLD = new CudaDevice(0, "Tesla V100", 70, "0000:01:00.0", "13.0");
    private static final CudaDevice H200 = new CudaDevice(1, "NVIDIA H200", 90, "0000:02:00.0", "13.0");

    @Test
    void takesTheFirstThatWillDo() {
        assertThat(GpuSearch.among(List.of(OLD, H200), Optional.empty())).isEqualTo(new GpuSearch.Found(H200));
        assertThat(GpuSearch.among(List.of(OLD, H200), Optional.of(1))).isEqualTo(new GpuSearch.Found(H200));
    }

    @Test
    void saysWhyNoneWillDo() {
        assertThat(why(List.of(), Optional.empty())).isEqualTo("the NVIDIA driver shows no GPU");
        assertThat(why(List.of(OLD), Optional.empty()))
                .isEqualTo("GPU 0 (Tesla V100) has compute capability 7.0, and the kernels need 8.0 or later");
        assertThat(why(List.of(OLD, H200), Optional.of(0))).contains("Tesla V100", "7.0", "8.0");
        assertThat(why(List.of(OLD, H200), Optional.of(2))).isEqualTo("this machine has 2 GPUs, numbers 0 to 1");
        assertThat(why(List.of(OLD), Optional.of(9))).isEqualTo("this machine has 1 GPU, number 0");
    }

    @Test
    void lookingAtAMachineWithoutADriverIsQuietAndTellsIt() {
        GpuSearch search = GpuSearch.on(Optional.empty());
        if (search instanceof GpuSearch.None none) {
            assertThat(none.why()).isNotBlank().doesNotContain("\n", "Exception", "Error:");
        } else {
            assertThat(search).isInstanceOf(GpuSearch.Found.class);
        }
    }

    private static String why(List<CudaDevice> devices, Optional<Integer> wanted) {
        return ((GpuSearch.None) GpuSearch.among(devices, wanted)).why();
    }
}
