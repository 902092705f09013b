package dev.touchstone.worker.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.worker.engine.ByteTokenizer;
import dev.touchstone.worker.engine.DeviceFailure;
import dev.touchstone.worker.engine.ScriptedEngine;
import dev.touchstone.worker.generate.SamplingOptions;
import dev.touchstone.worker.telemetry.Log;
import dev.touchstone.worker.telemetry.Metrics;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SchedulerTest {
    private static final SamplingOptions GREEDY = new SamplingOptions(0, 1, 0, 0, 1, 1);
    private static final String GONE = "The client went away.";

    private final Metrics metrics = new Metrics();
    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();

    private Scheduler scheduler(ScriptedEngine engine, Duration timeout, int maxQueue) {
        Log log = new Log(new PrintStream(logged, true, StandardCharsets.UTF_8), false);
        Scheduler scheduler = new Scheduler(engine, new ByteTokenizer(), timeout, maxQueue, metrics, log);
        scheduler.start();
        return scheduler;
    }

    private Scheduler scheduler(ScriptedEngine engine, int maxQueue) {
        return scheduler(engine, Duration.ofMinutes(1), maxQueue);
    }

    private static Job job(String id, int maxTokens) {
        return new Job(id, new ByteTokenizer().encodePrompt(id), maxTokens, GREEDY, List.of());
    }

    /** Waits for the terminal event; the log wakes this once for what has been appended. */
    private static JobEvent end(Job job) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        job.log().onWritten(() -> {
            job.log().looking();
            if (job.log().get(job.log().written() - 1).terminal()) {
                ended.countDown();
            }
        });
        assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
        return job.log().get(job.log().written() - 1);
    }

    private static ErrorCode failure(Job job) throws InterruptedException {
        return ((JobEvent.Failed) end(job)).code();
    }

    private String counters() {
        return metrics.text(0, 0, 0);
    }

    @Test
    void runsJobsInTheOrderOfTheirArrival() throws InterruptedException {
        ScriptedEngine engine = new ScriptedEngine("abc").gated();
        Scheduler scheduler = scheduler(engine, 8);
        List<Job> jobs = new ArrayList<>();
        for (String id : List.of("one", "two", "three", "four")) {
            jobs.add(job(id, 2));
            assertThat(scheduler.submit(jobs.getLast())).isEqualTo(Scheduler.Admission.ACCEPTED);
        }
        engine.openGate();
        for (Job job : jobs) {
            assertThat(end(job)).isInstanceOfSatisfying(JobEvent.End.class, end -> {
                assertThat(end.tokensOut()).isEqualTo(2);
                assertThat(end.stopReason()).isEqualTo("max_tokens");
            });
        }
        assertThat(engine.prompts()).containsExactly("one", "two", "three", "four");
        assertThat(scheduler.active()).isEmpty();
        assertThat(scheduler.depth()).isZero();
    }

    @Test
    void logsStartedTokensAndOneEnd() throws InterruptedException {
        Job job = job("a", 9);
        scheduler(new ScriptedEngine("xy\0"), 1).submit(job);
        assertThat(end(job))
                .isInstanceOfSatisfying(
                        JobEvent.End.class, end -> assertThat(end.stopReason()).isEqualTo("eos"));
        assertThat(job.log().get(0)).isInstanceOf(JobEvent.Started.class);
        assertThat(job.log().get(1)).isEqualTo(new JobEvent.Token(0, "x"));
        assertThat(job.log().get(2)).isEqualTo(new JobEvent.Token(1, "y"));
        assertThat(job.log().get(3))
                .isInstanceOfSatisfying(
                        JobEvent.Metrics.class,
                        metrics -> assertThat(metrics.tokensIn()).isEqualTo(job.promptTokens()));
        assertThat(job.log().written()).isEqualTo(5);
    }

    @Test
    void aFullQueueTakesNoMoreAndOneRunningJobDoesNotCount() throws InterruptedException {
        ScriptedEngine engine = new ScriptedEngine("a").gated();
        Scheduler scheduler = scheduler(engine, 2);
        scheduler.submit(job("running", 1));
        assertThat(engine.awaitOpened()).isTrue();
        scheduler.submit(job("q1", 1));
        assertThat(scheduler.full()).isFalse();
        Job last = job("q2", 1);
        scheduler.submit(last);
        assertThat(scheduler.depth()).isEqualTo(2);
        assertThat(scheduler.full()).isTrue();
        assertThat(scheduler.submit(job("q3", 1))).isEqualTo(Scheduler.Admission.FULL);
        engine.openGate();
        end(last);
        assertThat(scheduler.full()).isFalse();
        assertThat(scheduler.submit(job("q3", 1))).isEqualTo(Scheduler.Admission.ACCEPTED);
    }

    @Test
    void refusesTheIdOfALiveJobAndTakesThatOfAFinishedOne() throws InterruptedException {
        ScriptedEngine engine = new ScriptedEngine("a").gated();
        Scheduler scheduler = scheduler(engine, 8);
        Job first = job("same", 1);
        scheduler.submit(first);
        assertThat(scheduler.submit(job("same", 1))).isEqualTo(Scheduler.Admission.DUPLICATE);
        engine.openGate();
        end(first);
        assertThat(scheduler.submit(job("same", 1))).isEqualTo(Scheduler.Admission.ACCEPTED);
    }

    @Test
    void cancelsAQueuedJobAtOnceAndNeverRunsIt() throws InterruptedException {
        ScriptedEngine engine = new ScriptedEngine("a").gated();
        Scheduler scheduler = scheduler(engine, 8);
        Job running = job("running", 1);
        Job queued = job("queued", 1);
        scheduler.submit(running);
        assertThat(engine.awaitOpened()).isTrue();
        scheduler.submit(queued);
        scheduler.cancel("queued", GONE);
        assertThat(failure(queued)).isEqualTo(ErrorCode.CANCELLED);
        assertThat(queued.log().written()).isEqualTo(1);
        engine.openGate();
        assertThat(end(running)).isInstanceOf(JobEvent.End.class);
        assertThat(engine.prompts()).containsExactly("running");
    }

    @Test
    void cancelsARunningJobWithinATokenAndCountsItsTokens() throws InterruptedException {
        ScriptedEngine engine = new ScriptedEngine("abc").gated();
        Scheduler scheduler = scheduler(engine, 8);
        Job job = job("j", 1000);
        scheduler.submit(job);
        engine.allow(1);
        CountDownLatch token = new CountDownLatch(1);
        job.log().onWritten(() -> {
            job.log().looking();
            if (job.log().written() == 2) {
                token.countDown();
            }
        });
        assertThat(token.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(scheduler.active()).isEqualTo("j");
        assertThat(scheduler.kvBytesUsed()).isEqualTo(ScriptedEngine.KV_BYTES);
        scheduler.cancel("other", GONE);
        scheduler.cancel("j", GONE);
        scheduler.cancel("j", "again");
        engine.allow(1);
        assertThat(end(job)).isEqualTo(new JobEvent.Failed(ErrorCode.CANCELLED, GONE));
        assertThat(engine.awaitClosed()).isTrue();
        assertThat(scheduler.kvBytesUsed()).isZero();
        assertThat(job.log().written()).isEqualTo(3);
        assertThat(counters())
                .contains("worker_tokens_generated_total 1\n")
                .contains("worker_requests_total{outcome=\"cancelled\"} 1\n");
    }

    @Test
    void endsAJobThatOutlivesTheTimeoutAndCountsItsTokens() throws InterruptedException {
        ScriptedEngine engine = new ScriptedEngine("abc").slow(Duration.ofMillis(30));
        Job job = job("j", 2000);
        scheduler(engine, Duration.ofMillis(200), 8).submit(job);
        assertThat(failure(job)).isEqualTo(ErrorCode.INFERENCE_TIMEOUT);
        int tokens = job.log().written() - 2;
        assertThat(counters()).contains("worker_tokens_generated_total " + tokens + "\n");
    }

    @Test
    void drainEndsQueuedJobsLetsTheRunningOneFinishAndTakesNoMore() throws InterruptedException {
        ScriptedEngine engine = new ScriptedEngine("abc").gated();
        Scheduler scheduler = scheduler(engine, 8);
        Job running = job("running", 3);
        Job queued = job("queued", 3);
        scheduler.submit(running);
        assertThat(engine.awaitOpened()).isTrue();
        scheduler.submit(queued);
        engine.openGate();
        scheduler.drain(Duration.ofSeconds(10));
        assertThat(end(running)).isInstanceOf(JobEvent.End.class);
        end(queued);
        assertThat(scheduler.submit(job("late", 1))).isEqualTo(Scheduler.Admission.STOPPED);
    }

    @Test
    void drainCancelsARunningJobWhenItsGraceIsOver() throws InterruptedException {
        ScriptedEngine engine = new ScriptedEngine("abc").slow(Duration.ofMillis(10));
        Scheduler scheduler = scheduler(engine, 8);
        Job running = job("running", 2000);
        scheduler.submit(running);
        assertThat(engine.awaitOpened()).isTrue();
        scheduler.drain(Duration.ofMillis(50));
        assertThat(failure(running)).isEqualTo(ErrorCode.CANCELLED);
    }

    @Test
    void anEngineThatDiesFailsTheRunningAndTheWaitingJobsAndTakesNoMore() throws InterruptedException {
        ScriptedEngine engine = new ScriptedEngine("abc").gated();
        Scheduler scheduler = scheduler(engine, 8);
        Job running = job("running", 3);
        Job queued = job("queued", 3);
        scheduler.submit(running);
        scheduler.submit(queued);
        engine.broken().openGate();
        assertThat(failure(running)).isEqualTo(ErrorCode.INTERNAL);
        assertThat(failure(queued)).isEqualTo(ErrorCode.INTERNAL);
        assertThat(scheduler.failed()).isTrue();
        assertThat(scheduler.submit(job("late", 1))).isEqualTo(Scheduler.Admission.STOPPED);
        assertThat(((JobEvent.Failed) end(running)).message()).doesNotContain("secret");
        assertThat(logged.toString(StandardCharsets.UTF_8))
                .contains("engine_failed")
                .doesNotContain("secret");
    }

    @Test
    void aDeviceThatFailsIsNamedInTheJobsErrorAndTheLog() throws InterruptedException {
        ScriptedEngine engine = new ScriptedEngine("abc").gated();
        Scheduler scheduler = scheduler(engine, 8);
        Job running = job("running", 3);
        scheduler.submit(running);
        engine.failing(new DeviceFailure("The GPU reported an error while decoding."))
                .openGate();
        assertThat(failure(running)).isEqualTo(ErrorCode.CUDA_ERROR);
        assertThat(scheduler.failed()).isTrue();
        assertThat(logged.toString(StandardCharsets.UTF_8))
                .contains("engine_failed", "The GPU reported an error while decoding.");
    }

    @Test
    void aJobWithoutPromptTokensCannotBeMade() {
        assertThatThrownBy(() -> new Job("j", new int[0], 1, GREEDY, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 prompt tokens");
    }
}
