package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.HealthTruthTest.said;
import static dev.touchstone.harness.check.Literal.STARTED;
import static dev.touchstone.harness.check.Literal.answer;
import static dev.touchstone.harness.check.Literal.end;
import static dev.touchstone.harness.check.Literal.ending;
import static dev.touchstone.harness.check.Literal.generation;
import static dev.touchstone.harness.check.Literal.tokens;
import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.check.HealthActivity.Watched;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HL-01, HL-04, HL-05 and VR-07 member by member, and which calls count. */
class HealthDetailTest {
    private static final Duration REST = Duration.ofMillis(10);
    private static final String HEALTH =
            "{\"status\":\"healthy\",\"worker_id\":\"w\",\"model\":\"m\",\"resident\":false,\"quant_kind\":\"Q\","
                    + "\"vram_bytes_used\":0,\"tokenizer_kind\":\"bpe\",\"vocab_size\":9,\"context_length\":10,\"uptime_seconds\":1}";
    private static final String IDLE = "{\"status\":\"healthy\",\"queue_depth\":0}";
    private static final String BUSY = "{\"status\":\"healthy\",\"queue_depth\":1}";
    /** Its first token comes after 2 ms, its end after 7. */
    private static final Generation SIX = generation(STARTED + tokens(0, 5) + end(5, "max_tokens"));

    private static Verdict form(String from, String to) {
        assertThat(HEALTH).contains(from);
        return HealthForm.judge(answer(200, HEALTH.replace(from, to)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"healthy\"|\"ok\"|status healthy or unhealthy",
                "\"uptime_seconds\":1|\"uptime_seconds\":-0.1|uptime_seconds, a number",
                "\"vram_bytes_used\":0|\"vram_bytes_used\":-1|vram_bytes_used, a non-negative integer",
                "}|,\"cuda_runtime_version\":13}|cuda_runtime_version, a string",
                "}|,\"active_job\":1}|active_job, a string",
                "}|,\"queue_depth\":-1}|queue_depth, a non-negative integer"
            })
    void catchesAMemberOfAnotherKind(String from, String to, String expected) {
        broken(form(from, to), "HL-01", expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"healthy\"|\"unhealthy\"",
                "\"uptime_seconds\":1|\"uptime_seconds\":0",
                "}|,\"cuda_runtime_version\":\"13.0\",\"active_job\":\"j\"}"
            })
    void acceptsWhatIsLegal(String from, String to) {
        held(form(from, to), "context_length 10");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "healthy"})
    void wantsOneObject(String body) {
        broken(HealthForm.judge(answer(200, body)), "HL-01", "one JSON object");
        broken(HealthForm.residencyClaim(answer(200, body)), "VR-07", "resident, true or false");
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2147483647,2147483647", "0,", "-1,", "2147483648,", "\"10\","})
    void readsAContextLengthThatCanBe(String told, Integer length) {
        assertThat(HealthForm.contextLength(answer(200, "{\"context_length\":" + told + "}"))
                        .orElse(null))
                .isEqualTo(length);
    }

    @Test
    void readsTheModel() {
        assertThat(HealthForm.model(answer(200, HEALTH))).contains("m");
        assertThat(HealthForm.model(answer(200, "{\"model\":1}"))).isEmpty();
    }

    private static Verdict activity(Generation generation, Exchange... calls) {
        return HealthActivity.judge(List.of(new Watched(generation, List.of(calls))), REST);
    }

    @Test
    void countsOnlyAnswersWithinAndAfterAWholeGeneration() {
        held(activity(SIX, said(200, BUSY, 4, 1), said(200, IDLE, 17, 1)), "showed 1 generations");
        inconclusive(activity(SIX, said(503, IDLE, 4, 1), said(200, IDLE, 17, 1)), "no health call fell both");
        inconclusive(activity(SIX, said(200, IDLE, 1, 1), said(200, IDLE, 17, 1)), "no health call fell both");
        inconclusive(activity(SIX, said(200, BUSY, 4, 1), said(503, BUSY, 17, 1)), "no health call fell both");
        Generation cut = ending(STARTED + tokens(0, 6), new BodyEnd.Cut(9_000_000, "reset"));
        inconclusive(activity(cut, said(200, IDLE, 4, 1), said(200, IDLE, 17, 1)), "no health call fell both");
    }

    private static Verdict failed(Generation running) {
        return HealthTruth.judge(
                new HealthTruth.Failure(
                        "the engine was killed",
                        Literal.SENT.plusMillis(1),
                        List.of(said(503, "{}", 200, 1)),
                        running,
                        Generation.of(answer(503, "{}")),
                        false),
                Duration.ofMillis(100));
    }

    @Test
    void runningJobMustEndWithAnError() {
        broken(
                failed(ending("", new BodyEnd.TimedOut(30_000_000_000L))),
                "HL-05",
                "the job that ran to end with an error",
                "it hung, 30000.0 ms");
        broken(failed(generation(STARTED + end(0, "eos"))), "HL-05", "the job that ran", "an empty text came");
        held(failed(generation(STARTED + tokens(0, 1) + end(1, "eos"))), "no job hung");
    }
}
