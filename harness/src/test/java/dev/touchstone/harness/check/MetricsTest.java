package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Literal.STARTED;
import static dev.touchstone.harness.check.Literal.end;
import static dev.touchstone.harness.check.Literal.generation;
import static dev.touchstone.harness.check.Literal.tokens;
import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The teeth of ME-01 and ME-02. */
class MetricsTest {
    static final Generation SERVED = generation(STARTED + tokens(0, 8) + end(8, "max_tokens"));
    static final Generation CANCELLED =
            generation(STARTED + tokens(0, 3) + "event: error\ndata: {\"code\":\"CANCELLED\"}\n\n");

    static String text(int ok, int cancelled, int tokens) {
        return """
                # A comment of another kind.
                # HELP worker_requests_total Finished jobs, by \\\\ outcome.
                # TYPE worker_requests_total counter
                worker_requests_total{outcome="ok",} %1$d
                worker_requests_total{outcome="cancelled"} %2$d
                # TYPE worker_tokens_generated_total counter
                worker_tokens_generated_total %3$d
                # TYPE worker_vram_bytes gauge
                worker_vram_bytes 1.5e+09
                # TYPE worker_queue_depth gauge
                worker_queue_depth 0
                # TYPE worker_uptime_seconds gauge
                worker_uptime_seconds 12.5 1760000000000
                # TYPE worker_inference_duration_seconds histogram
                worker_inference_duration_seconds_bucket{le="0.1"} 0
                worker_inference_duration_seconds_bucket{le="+Inf"} %4$d
                worker_inference_duration_seconds_sum 0.5
                worker_inference_duration_seconds_count %4$d
                # TYPE worker_time_to_first_token_seconds histogram
                worker_time_to_first_token_seconds_bucket{le="0.1"} %4$d
                worker_time_to_first_token_seconds_bucket{le="+Inf"} %4$d
                worker_time_to_first_token_seconds_sum 0.5
                worker_time_to_first_token_seconds_count %4$d
                """.formatted(ok, cancelled, tokens, ok + cancelled);
    }

    static Exchange scrape(String text) {
        return Literal.exchange(
                200, Map.of("Content-Type", "text/plain; version=0.0.4"), "", text, new BodyEnd.Complete(1));
    }

    @Test
    void acceptsValidText() {
        assertThat(MetricsText.of(text(1, 2, 3)).problems()).isEmpty();
        held(MetricsTruth.form(scrape(text(1, 2, 3))), "7 members");
        assertThat(MetricsTruth.form(Literal.answer(404, "{}"))).isInstanceOf(Verdict.Unsupported.class);
        broken(MetricsTruth.form(Literal.answer(500, "{}")), "ME-01", "200 with Prometheus text");
        broken(MetricsTruth.form(Literal.answer(200, text(1, 2, 3))), "ME-01", "Content-Type", "application/json");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "worker_queue_depth 0|worker_queue_depth none|no sample",
                "worker_queue_depth 0|worker-queue-depth 0|no sample",
                "worker_queue_depth 0|worker_queue_depth{a=b} 0|malformed labels",
                "worker_queue_depth 0|worker_queue_depth{a=\"x\",a=\"y\"} 0|a label twice",
                "# TYPE worker_queue_depth gauge|# TYPE worker_queue_depth number|unknown type",
                "# TYPE worker_vram_bytes gauge|# TYPE worker_queue_depth gauge|a second TYPE",
                "outcome=\"cancelled\"|outcome=\"ok\"|twice",
                "worker_tokens_generated_total 3|worker_tokens_generated_total -3|counter below 0",
                "le=\"0.1\"} 0|le=\"0.1\"} 9|that falls",
                "duration_seconds_bucket{le=\"+Inf\"}|duration_seconds_bucket{le=\"5\"}|without a bucket le=",
                "worker_inference_duration_seconds_count 3|worker_inference_duration_seconds_count 4|last bucket has",
                "worker_inference_duration_seconds_sum 0.5|# none|without _sum",
                "worker_queue_depth 0|worker_vram_bytes 0|apart from the others"
            })
    void catchesWhatIsNoPrometheusText(String right, String wrong, String problem) {
        String text = text(1, 2, 3);
        assertThat(text).contains(right);
        broken(MetricsTruth.form(scrape(text.replace(right, wrong))), "ME-01", "valid Prometheus text", problem);
    }

    @Test
    void catchesAMissingLineEndAndMissingMembers() {
        broken(MetricsTruth.form(scrape(text(1, 2, 3).stripTrailing())), "ME-01", "does not end with a line feed");
        broken(MetricsTruth.form(scrape("x 1\n")), "ME-01", "worker_queue_depth", "absent");
        broken(
                MetricsTruth.form(scrape(text(1, 2, 3).replace("outcome=", "result="))),
                "ME-01",
                "with the label outcome");
    }

    private static Verdict moves(String served, String cancelled) {
        Exchange before = scrape(text(10, 5, 100));
        return MetricsTruth.moves(
                new MetricsTruth.Scrapes(List.of(before, before), scrape(served), Optional.of(scrape(cancelled))),
                List.of(SERVED, SERVED),
                List.of(CANCELLED));
    }

    @Test
    void judgesHowCountersMove() {
        held(moves(text(12, 5, 116), text(12, 6, 119)), "2 served", "1 cancelled", "16 tokens");
        broken(moves(text(10, 5, 100), text(10, 5, 100)), "ME-01", "to move by 2", "none");
        broken(moves(text(13, 5, 116), text(13, 6, 119)), "ME-01", "to move by 2", "ok by 3");
        broken(moves(text(12, 5, 100), text(12, 6, 100)), "ME-01", "move by 16", "it moved by 0");
        broken(moves(text(12, 5, 116), text(13, 5, 119)), "ME-01", "other than \"ok\"", "ok by 1");
        broken(moves(text(12, 5, 116), text(12, 5, 116)), "ME-01", "1 cancelled requests counted", "none");
    }

    @Test
    void saysWhenSomebodyElseUsesTheWorker() {
        Exchange before = scrape(text(10, 5, 100));
        Exchange after = scrape(text(11, 5, 100));
        inconclusive(
                MetricsTruth.moves(
                        new MetricsTruth.Scrapes(List.of(before, after), after, Optional.empty()),
                        List.of(SERVED),
                        List.of()),
                "somebody else");
    }

    private static final String LOG = "t job_finished job_id=\"j-1\" outcome=\"ok\" tokens_in=\"3\" tokens_out=\"8\"\n";

    private static Verdict log(String log) {
        return LogPrivacy.judge(log, List.of("canary-1"), List.of(SERVED));
    }

    @Test
    void catchesALoggedPrompt() {
        held(log(LOG), "1 jobs", "none of 1 canaries");
        broken(log(LOG + "rejected: canary-1 is here\n"), "ME-02", "no prompt in the log", "canary-1");
        broken(log(LOG + "said: " + SERVED.text() + "\n"), "ME-02", "no generated text in the log");
        broken(log("t started\n"), "ME-02", "job_id j-1 in the log");
        broken(log(LOG.replace("\"8\"", "\"?\"")), "ME-02", "the count of tokens, 8");
        inconclusive(LogPrivacy.judge(LOG, List.of("x"), List.of()), "generated nothing");
    }
}
