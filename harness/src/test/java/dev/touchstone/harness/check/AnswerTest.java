package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Literal.answer;
import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The teeth of ER-01 to ER-03, HL-01, VR-01 and VR-07. */
class AnswerTest {
    private static final String ERROR = "{\"code\":\"INVALID_REQUEST\",\"field\":\"top_p\",\"message\":"
            + "\"top_p must be between 0.0 and 1.0, but was 1.1.\",\"retriable\":false}";
    private static final String TOO_LONG =
            "{\"code\":\"CONTEXT_LENGTH_EXCEEDED\",\"field\":\"prompt\",\"message\":\"Too long.\","
                    + "\"retriable\":false,\"prompt_tokens\":9,\"max_tokens\":2,\"context_length\":10}";
    private static final String HEALTH =
            "{\"status\":\"healthy\",\"worker_id\":\"w\",\"model\":\"m\",\"resident\":false,\"quant_kind\":\"Q\","
                    + "\"vram_bytes_used\":0,\"tokenizer_kind\":\"bpe\",\"vocab_size\":9,\"context_length\":10,\"uptime_seconds\":1}";

    private static Verdict form(int status, String body) {
        return ErrorForm.judge("ER-01", answer(status, body), 400, "INVALID_REQUEST", Optional.of("top_p"));
    }

    private static Verdict words(String from, String to) {
        return ErrorWords.judge(
                answer(400, ERROR.replace(from, to)), "top_p", List.of(BigDecimal.ZERO, BigDecimal.ONE));
    }

    @Test
    void acceptsARefusalThatBlamesTheField() {
        held(form(400, ERROR), "status 400");
    }

    @Test
    void catchesAClampedValue() {
        broken(form(200, Literal.CONFORMING), "ER-01", "status 400", "it was 200");
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 422})
    void catchesAnotherStatus(int status) {
        broken(form(status, ERROR), "ER-01", "status 400", "it was " + status);
    }

    @Test
    void catchesAnHtmlBodyAndAnEmptyOne() {
        var html = Literal.exchange(400, Map.of("Content-Type", "text/html"), "", "<html>", new BodyEnd.Complete(1));
        broken(
                ErrorForm.judge("ER-01", html, 400, "INVALID_REQUEST", Optional.empty()),
                "ER-01",
                "application/json",
                "text/html");
        broken(form(400, ""), "ER-01", "one JSON object");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INVALID_REQUEST|BAD|code INVALID_REQUEST",
                "top_p\",|seed\",|field top_p",
                "false|\"no\"|retriable",
                "message|text|message, one sentence"
            })
    void catchesAWrongMember(String from, String to, String word) {
        broken(form(400, ERROR.replace(from, to)), "ER-01", word);
    }

    @Test
    void acceptsAMessageThatHelps() {
        held(words("x", "x"), "between 0.0 and 1.0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INVALID_REQUEST|OOPS|stable codes",
                "between 0.0 and 1.0, but was 1.1|wrong|names 0",
                "top_p must|It must|names top_p",
                "but was|java.lang.NumberFormatException: but was|no stack trace",
                "but was|at dev.worker.Main.run(Main.java:5) but was|no stack trace",
                "but was|see /home/me/worker but was|path",
                "but was|Traceback but was|no stack trace",
                "but was|at 0x7ffe12345678 but was|address",
                "but was|on 10.0.0.1 but was|address"
            })
    void catchesAMessageThatDoesNotHelpOrGivesTheInsideAway(String from, String to, String word) {
        broken(words(from, to), "ER-02", word);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Traceback (most recent call last)",
                "at dev.worker.Main.run(Main.java:5)",
                "File \\\"/app/serve.py\\\", line 3",
                "panicked at src/main.rs:12"
            })
    void catchesAStackTrace(String trace) {
        broken(form(400, ERROR.replace("but was 1.1.", trace)), "ER-01", "no stack trace in the body");
    }

    @Test
    void catchesNoAnswerAtAll() {
        broken(
                ErrorForm.judge("ER-01", none(), 400, "INVALID_REQUEST", Optional.empty()),
                "ER-01",
                "status 400",
                "no answer came");
    }

    private static Exchange none() {
        Exchange answer = answer(400, "");
        return new Exchange(
                1, "none", answer.request(), Optional.empty(), List.of(), new BodyEnd.Cut(1, "connection reset"));
    }

    @Test
    void namesWhatWasAskedAndShouldHaveBeenRefused() {
        broken(asked("{\"top_p\":1.1}"), "ER-01", "status 400 for top_p 1.1");
        broken(asked("{\"job_id\":\"a\"}"), "ER-01", "for a request without top_p");
        broken(asked("[1]"), "ER-01", "for the body \"[1]\"");
        broken(asked(""), "ER-01", "for POST /execute");
    }

    private static Verdict asked(String request) {
        var served = Literal.exchange(200, Map.of(), request, Literal.CONFORMING, new BodyEnd.Complete(1));
        return ErrorForm.judge("ER-01", served, 400, "INVALID_REQUEST", Optional.of("top_p"));
    }

    @Test
    void letsAWorkerServeOrRefuseWhatItMayReadInItsOwnWay() {
        held(either(200, Literal.CONFORMING), "was served");
        held(either(415, ERROR), "status 415");
        broken(either(415, "<html>"), "ER-03", "one JSON object");
        broken(either(500, "{}"), "ER-03", "a request without Content-Type to be served or refused", "it was 500");
        broken(
                ErrorForm.servedOrRefused("ER-03", none(), "a request without Content-Type", Set.of(415)),
                "ER-03",
                "no answer came");
    }

    private static Verdict either(int status, String body) {
        return ErrorForm.servedOrRefused(
                "ER-03", answer(status, body), "a request without Content-Type", Set.of(400, 415));
    }

    @Test
    void catchesA405WithoutAllow() {
        broken(ErrorForm.allows(answer(405, ERROR), "POST"), "ER-03", "Allow with POST", "absent");
        var allowing = Literal.exchange(405, Map.of("Allow", "OPTIONS, POST"), "", "", new BodyEnd.Complete(1));
        held(ErrorForm.allows(allowing, "POST"), "POST");
        broken(
                ErrorForm.judge("ER-03", answer(200, "{}"), 405, "INVALID_REQUEST", Optional.empty()),
                "ER-03",
                "it was 200");
    }

    @Test
    void tellsARefusalOfTheContentFromOneOfTheSize() {
        assertThat(ErrorForm.isAnswerToContent(answer(400, TOO_LONG))).isTrue();
        assertThat(ErrorForm.isAnswerToContent(answer(413, ERROR))).isFalse();
        assertThat(ErrorForm.isAnswerToContent(answer(400, ""))).isFalse();
        broken(
                ErrorForm.judge("ER-03", answer(400, ""), 413, "INVALID_REQUEST", Optional.empty()),
                "ER-03",
                "status 413",
                "it was 400");
    }

    @Test
    void acceptsHealthWithEveryMember() {
        held(HealthForm.judge(answer(200, HEALTH)), "context_length 10");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status",
                "worker_id",
                "model",
                "resident",
                "quant_kind",
                "vram_bytes_used",
                "tokenizer_kind",
                "vocab_size",
                "context_length",
                "uptime_seconds"
            })
    void catchesAMissingMemberOfHealth(String name) {
        broken(
                HealthForm.judge(answer(200, HEALTH.replace('"' + name + '"', "\"x\""))),
                "HL-01",
                name,
                "it was nothing");
    }

    @Test
    void takesAnOptionalMemberOfNullForNone() {
        held(
                HealthForm.judge(answer(200, HEALTH.replace("}", ",\"active_job\":null,\"sm\":null}"))),
                "context_length 10");
        broken(HealthForm.judge(answer(200, HEALTH.replace("\"bpe\"", "null"))), "HL-01", "tokenizer_kind, a string");
        broken(HealthForm.judge(answer(200, HEALTH.replace(":10", ":0"))), "HL-01", "context_length above 0");
    }

    @Test
    void catchesANumberAsAString() {
        broken(
                HealthForm.judge(answer(200, HEALTH.replace(":10", ":\"10\""))),
                "HL-01",
                "context_length, a non-negative integer");
        broken(
                HealthForm.judge(answer(200, HEALTH.replace("}", ",\"sm\":\"90\"}"))),
                "HL-01",
                "sm, a non-negative integer");
    }

    @Test
    void catchesAClaimOfResidencyWithoutAGpu() {
        String claims = HEALTH.replace("\"resident\":false", "\"resident\":true");
        held(HealthForm.residencyClaim(answer(200, HEALTH)), "resident false");
        broken(HealthForm.residencyClaim(answer(200, claims)), "VR-07", "resident was true");
        broken(
                HealthForm.residencyClaim(answer(200, HEALTH.replace("used\":0", "used\":5"))),
                "VR-07",
                "vram_bytes_used 0");
        inconclusive(
                HealthForm.residencyClaim(
                        answer(200, claims.replace("used\":0", "used\":5,\"sm\":90,\"gpu_device\":0"))),
                "evidence");
    }
}
