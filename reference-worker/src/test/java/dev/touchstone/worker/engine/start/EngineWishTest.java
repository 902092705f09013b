package dev.touchstone.worker.engine.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.worker.engine.cuda.CudaDevice;
import dev.touchstone.worker.engine.cuda.GpuSearch;
import dev.touchstone.worker.engine.cuda.KvType;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EngineWishTest {

    private static final CudaDevice H200 = new CudaDevice(1, "NVIDIA H200", 90, "0000:02:00.0", "13.0");
    private static final GpuSearch NONE = new GpuSearch.None("no NVIDIA driver is installed");

    @Test
    void takesTheGpuWhereOneCanBeUsedAndSaysWhy() throws EngineUnavailableException {
        EngineChoice choice = EngineWish.of(false, Optional.empty(), "f16").decide(wanted -> new GpuSearch.Found(H200));
        assertThat(choice.engine()).isEqualTo("cuda");
        assertThat(choice.device()).contains(H200);
        assertThat(choice.why()).isEqualTo("GPU 1 (NVIDIA H200) of compute capability 9.0 can be used");
    }

    @Test
    void takesTheCpuWhereNoGpuCanBeUsedAndSaysWhy() throws EngineUnavailableException {
        EngineChoice choice = EngineWish.of(false, Optional.empty(), "f16").decide(wanted -> NONE);
        assertThat(choice.engine()).isEqualTo("cpu");
        assertThat(choice.why()).isEqualTo("no NVIDIA driver is installed");
    }

    @Test
    void takesTheCpuWithoutLookingWhenToldTo() throws EngineUnavailableException {
        EngineChoice choice = EngineWish.of(true, Optional.empty(), "f32").decide(wanted -> {
            throw new AssertionError("nobody asked for a GPU");
        });
        assertThat(choice.engine()).isEqualTo("cpu");
        assertThat(choice.why()).isEqualTo("--cpu was given");
        assertThat(choice.kvType()).isEqualTo(KvType.F32);
    }

    @Test
    void asksForTheGpuThatIsNamed() throws EngineUnavailableException {
        EngineChoice choice = EngineWish.of(false, Optional.of(1), "f16").decide(wanted -> {
            assertThat(wanted).contains(1);
            return new GpuSearch.Found(H200);
        });
        assertThat(choice.why()).contains("--gpu-device asks for GPU 1");
    }

    @Test
    void neverFallsBackFromAGpuThatIsNamed() throws EngineUnavailableException {
        EngineWish wish = EngineWish.of(false, Optional.of(3), "f16");
        assertThatThrownBy(() -> wish.decide(wanted -> NONE))
                .isInstanceOf(EngineUnavailableException.class)
                .hasMessage(
                        "--gpu-device 3 cannot be used: no NVIDIA driver is installed; give another device, or --cpu to run on the CPU.");
    }

    @Test
    void refusesWhatContradictsItselfOrIsNotKnown() {
        assertThatThrownBy(() -> EngineWish.of(true, Optional.of(0), "f16"))
                .hasMessageContaining("--cpu and --gpu-device 0");
        assertThatThrownBy(() -> EngineWish.of(false, Optional.empty(), "q8"))
                .hasMessageContaining("--kv-type")
                .hasMessageContaining("q8");
    }
}
