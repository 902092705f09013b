package dev.touchstone.worker.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.worker.engine.Sequence;
import dev.touchstone.worker.generate.ChainSampler;
import dev.touchstone.worker.generate.SamplingOptions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NextTokenTest {

    @Test
    void deviceChoosesForAGreedyJob() {
        Device device = new Device(true);
        NextToken next = NextToken.of(device, sampler(0, 1, 0, 1), new float[4]);
        next.take(new int[] {1, 2}, 0, 2);
        assertThat(next.choose(2)).isEqualTo(7);
        next.take(7);
        assertThat(next.choose(3)).isEqualTo(8);
        assertThat(device.calls).containsExactly("prefillGreedy", "decodeGreedy 7");
    }

    @Test
    void logitsAreSampledWhereTheDeviceDoesNotChoose() {
        Device device = new Device(false);
        NextToken next = NextToken.of(device, sampler(0, 1, 0, 1), new float[4]);
        next.take(new int[] {1, 2}, 0, 2);
        assertThat(next.choose(2)).isEqualTo(3);
        next.take(3);
        assertThat(device.calls).containsExactly("prefill", "decode 3");
    }

    @ParameterizedTest
    @CsvSource({"0,1,0,1,true", "1,1,1,1,true", "1,0,0,1,true", "0,1,0,1.1,false", "0.7,1,0,1,false", "1,0.9,0,1,false"
    })
    void onlyPlainGreedyJobsAreLeftToTheDevice(
            double temperature, double topP, int topK, double penalty, boolean onDevice) {
        NextToken next = NextToken.of(new Device(true), sampler(temperature, topP, topK, penalty), new float[4]);
        assertThat(next).isInstanceOf(onDevice ? NextToken.Likeliest.class : NextToken.Sampled.class);
    }

    private static ChainSampler sampler(double temperature, double topP, int topK, double penalty) {
        return new ChainSampler(new SamplingOptions(temperature, topP, topK, 0, penalty, 1));
    }

    private static final class Device implements Sequence {
        private final boolean chooses;
        private final List<String> calls = new ArrayList<>();

        Device(boolean chooses) {
            this.chooses = chooses;
        }

        @Override
        public int position() {
            return 0;
        }

        @Override
        public void prefill(int[] tokens, int from, int to, float[] logits) {
            calls.add("prefill");
            logits[3] = 1;
        }

        @Override
        public void decode(int token, float[] logits) {
            calls.add("decode " + token);
        }

        @Override
        public boolean choosesOnDevice() {
            return chooses;
        }

        @Override
        public int prefillGreedy(int[] tokens, int from, int to) {
            calls.add("prefillGreedy");
            return 7;
        }

        @Override
        public int decodeGreedy(int token) {
            calls.add("decodeGreedy " + token);
            return token + 1;
        }

        @Override
        public void close() {}
    }
}
