package dev.touchstone.harness.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.client.OkHttpWorkerClient;
import dev.touchstone.harness.client.ScriptedWorker;
import dev.touchstone.harness.transcript.Transcript;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CapabilityProbeTest {

    private static String answer(String status, String body) {
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        return "HTTP/1.1 " + status + "\r\nContent-Length: " + length + "\r\n\r\n" + body;
    }

    private static CapabilityProbe.Answer ask(ScriptedWorker worker, String... budgets) throws InterruptedException {
        Target target = Target.at(worker.url()).withBudgets(Budgets.defaults().withAll(java.util.List.of(budgets)));
        try (var client = new OkHttpWorkerClient(target, new Transcript())) {
            return CapabilityProbe.ask(target, client);
        }
    }

    private static Capabilities found(String health) throws Exception {
        try (var worker = ScriptedWorker.closing(answer("200 OK", health))) {
            assertThat(ask(worker)).isInstanceOf(CapabilityProbe.Found.class);
        }
        try (var worker = ScriptedWorker.closing(answer("200 OK", health))) {
            return ((CapabilityProbe.Found) ask(worker)).capabilities();
        }
    }

    @Test
    void takesWhatHealthTells() throws Exception {
        Capabilities capabilities = found("""
                {"model":"m","context_length":8192,"vocab_size":49152,"resident":false,"quant_kind":"Q4_1"}""");
        assertThat(capabilities.model()).contains("m");
        assertThat(capabilities.contextLength()).hasValue(8192);
        assertThat(capabilities.vocabSize()).hasValue(49152);
        assertThat(capabilities.resident()).contains(false);
        assertThat(capabilities.quantKind()).contains("Q4_1");
        assertThat(capabilities.healthJson()).startsWith("{\"model\"");
    }

    @Test
    void takesNothingFromMembersOfAnotherType() throws Exception {
        Capabilities capabilities = found("""
                {"model":7,"context_length":"8192","vocab_size":1.5,"resident":"no","quant_kind":null}""");
        assertThat(capabilities.model()).isEmpty();
        assertThat(capabilities.contextLength()).isEmpty();
        assertThat(capabilities.vocabSize()).isEmpty();
        assertThat(capabilities.resident()).isEmpty();
        assertThat(capabilities.quantKind()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "404 Not Found|{}|/health answered 404; accepted is 200",
                "200 OK|<html>|something else than a JSON object",
                "200 OK|[]|something else than a JSON object"
            })
    void saysWhatTheWorkerDidInstead(String status, String body, String said) throws Exception {
        try (var worker = ScriptedWorker.closing(answer(status, body))) {
            assertThat(failure(ask(worker))).contains(said).contains(worker.url());
        }
    }

    @Test
    void saysThatNobodyAnswers() throws Exception {
        var worker = ScriptedWorker.closing();
        worker.close();
        assertThat(failure(ask(worker))).contains(worker.url() + " does not answer: connection refused");
    }

    @Test
    void saysThatTheAnswerWasNotWhole() throws Exception {
        try (var worker = ScriptedWorker.holding("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")) {
            assertThat(failure(ask(worker, "connect=50ms", "head=50ms"))).contains("did not answer in full");
        }
    }

    private static String failure(CapabilityProbe.Answer answer) {
        return answer instanceof CapabilityProbe.Failed failed ? failed.reason() : "found " + answer;
    }
}
