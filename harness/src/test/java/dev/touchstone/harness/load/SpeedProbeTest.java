package dev.touchstone.harness.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.touchstone.harness.client.OkHttpWorkerClient;
import dev.touchstone.harness.client.WorkerClient;
import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.transcript.Transcript;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SpeedProbeTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final SpeedPlan PLAN = new SpeedPlan(40, 300, 10, 3, 4);

    @Test
    void measuresDecodeByClientAndWorker() throws Exception {
        try (StoryWorker worker = new StoryWorker(2_048, 200);
                WorkerClient client = client(worker)) {
            SpeedProbe probe = probe(worker, client);
            List<Spread> spreads = probe.decode(probe.enduringPrompt());
            assertThat(spreads)
                    .extracting(Spread::name)
                    .containsExactly("decode, by the client", "decode, by the worker", "from token to token");
            assertThat(spreads.get(1).values()).containsExactly(500.0, 500.0, 500.0);
            assertThat(spreads.get(2).values()).hasSize(3 * 39);
        }
    }

    @Test
    void measuresPrefillAndFirstTokenWithPromptsThatBeginOtherwise() throws Exception {
        try (StoryWorker worker = new StoryWorker(2_048, 200);
                WorkerClient client = client(worker)) {
            List<Spread> prefill = probe(worker, client).prefill();
            assertThat(prefill.get(0).values()).containsExactly(301.0, 301.0, 301.0);
            assertThat(prefill.get(1).values()).hasSize(3).allMatch(rate -> rate > 0);
            assertThat(prefill.get(2).median()).isEqualTo(150_500);
            assertThat(worker.prompts.stream().filter(p -> p.length() == 301).map(p -> p.charAt(0)))
                    .contains('A', 'B', 'C', 'Z');
            List<Spread> first = probe(worker, client).firstToken();
            assertThat(first.get(0).values()).containsExactly(10.0, 10.0, 10.0, 10.0);
            assertThat(first.get(1).values()).hasSize(4).allMatch(millis -> millis > 0);
            assertThat(first.get(2).values()).containsOnly(2.0);
        }
    }

    @Test
    void takesTheEndForTheFirstTokenWhereTheModelHasNothingToSay() throws Exception {
        try (StoryWorker worker = new StoryWorker(0, 200);
                WorkerClient client = client(worker)) {
            assertThat(probe(worker, client).firstToken().get(1).values())
                    .hasSize(4)
                    .allMatch(millis -> millis > 0);
        }
    }

    @Test
    void saysThatTheModelEndsTooSoon() throws Exception {
        try (StoryWorker worker = new StoryWorker(7, 200);
                WorkerClient client = client(worker)) {
            assertThatExceptionOfType(MeasurementFailure.class)
                    .isThrownBy(() -> probe(worker, client).enduringPrompt())
                    .withMessageContaining("7 of 40 tokens")
                    .withMessageContaining("--tokens");
        }
    }

    @Test
    void measuresHealthWhileDecoding() throws Exception {
        try (StoryWorker worker = new StoryWorker(2_048, 200);
                WorkerClient client = client(worker);
                WorkerClient other = client(worker)) {
            List<Spread> spreads = new HealthPoll(other, "/health", LIMIT).during(probe(worker, client), "Once", 3);
            assertThat(spreads.get(0).values()).isNotEmpty().allMatch(millis -> millis > 0);
            assertThat(spreads.get(1).name()).isEqualTo("decode while health is asked");
        }
    }

    @Test
    void saysThatHealthFailed() throws Exception {
        try (StoryWorker worker = new StoryWorker(2_048, 503);
                WorkerClient client = client(worker);
                WorkerClient other = client(worker)) {
            assertThatExceptionOfType(MeasurementFailure.class)
                    .isThrownBy(() -> new HealthPoll(other, "/health", LIMIT).during(probe(worker, client), "Once", 3))
                    .withMessageContaining("503");
        }
    }

    @Test
    void saysWhatCameInsteadOfAnAnswer() throws Exception {
        try (StoryWorker worker = new StoryWorker(2_048, 200);
                WorkerClient client = client(worker)) {
            SpeedPlan tooLong = new SpeedPlan(5_000, 300, 10, 1, 1);
            AtomicInteger jobs = new AtomicInteger();
            SpeedProbe probe = new SpeedProbe(
                    client, Target.at(worker.url()).wire(), () -> "j" + jobs.getAndIncrement(), LIMIT, tooLong);
            assertThatExceptionOfType(MeasurementFailure.class)
                    .isThrownBy(probe::enduringPrompt)
                    .withMessageContaining("CONTEXT_LENGTH_EXCEEDED");
        }
    }

    private static WorkerClient client(StoryWorker worker) {
        return new OkHttpWorkerClient(Target.at(worker.url()), new Transcript());
    }

    private static SpeedProbe probe(StoryWorker worker, WorkerClient client) {
        AtomicInteger jobs = new AtomicInteger();
        return new SpeedProbe(client, Target.at(worker.url()).wire(), () -> "j" + jobs.getAndIncrement(), LIMIT, PLAN);
    }
}
