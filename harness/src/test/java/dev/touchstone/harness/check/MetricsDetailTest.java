package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.MetricsTest.CANCELLED;
import static dev.touchstone.harness.check.MetricsTest.SERVED;
import static dev.touchstone.harness.check.MetricsTest.scrape;
import static dev.touchstone.harness.check.MetricsTest.text;
import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** ME-01 and ME-02 in what is legal, and in one member that stays behind. */
class MetricsDetailTest {

    private static Verdict form(String right, String wrong) {
        String text = text(1, 2, 3);
        assertThat(text).contains(right);
        return MetricsTruth.form(scrape(text.replace(right, wrong)));
    }

    @Test
    void acceptsAWorkerThatHasServedNothingYet() {
        held(MetricsTruth.form(scrape(text(0, 0, 0))), "7 members");
        held(form("""
                        worker_requests_total{outcome="ok",} 1
                        worker_requests_total{outcome="cancelled"} 2
                        """, ""), "7 members");
    }

    @Test
    void wantsASampleOfAllOtherMembers() {
        broken(form("worker_queue_depth 0\n", ""), "ME-01", "worker_queue_depth", "it was absent");
        broken(
                form("# TYPE worker_tokens_generated_total counter\nworker_tokens_generated_total 3\n", ""),
                "ME-01",
                "absent");
        String requests = """
                # TYPE worker_requests_total counter
                worker_requests_total{outcome="ok",} 1
                worker_requests_total{outcome="cancelled"} 2
                """;
        broken(form(requests, ""), "ME-01", "worker_requests_total", "absent");
    }

    @Test
    void acceptsACounterForAGaugeAndNotTheOtherWayRound() {
        held(form("# TYPE worker_uptime_seconds gauge", "# TYPE worker_uptime_seconds counter"), "7 members");
        broken(
                form("# TYPE worker_uptime_seconds gauge", "# TYPE worker_uptime_seconds summary"),
                "ME-01",
                "worker_uptime_seconds of type gauge",
                "it was summary");
        broken(
                form("# TYPE worker_tokens_generated_total counter", "# TYPE worker_tokens_generated_total gauge"),
                "ME-01",
                "worker_tokens_generated_total of type counter",
                "it was gauge");
        broken(form("# TYPE worker_queue_depth gauge\n", ""), "ME-01", "of type gauge", "it was untyped");
    }

    @Test
    void wantsTheTypeBeforeTheFirstSample() {
        broken(
                form(
                        "# TYPE worker_queue_depth gauge\nworker_queue_depth 0\n",
                        "worker_queue_depth 0\n# TYPE worker_queue_depth gauge\n"),
                "ME-01",
                "TYPE after the first sample of worker_queue_depth");
    }

    private static List<String> problems(String text) {
        return MetricsText.of(text).problems();
    }

    @Test
    void sumAndCountBelongToAHistogramOrASummaryOnly() {
        assertThat(problems("# TYPE a summary\na_sum 1\na_count 2\n")).isEmpty();
        assertThat(problems("# TYPE a gauge\na 1\n# TYPE a_count counter\na_count 2\na_count{x=\"y\"} 1\n"))
                .isEmpty();
        assertThat(problems("# TYPE a summary\na_sum 1\nb 1\na_count 2\n"))
                .containsExactly("a line apart from the others of its family: \"a_count 2\"");
    }

    @Test
    void wantsBoundsThatRise() {
        assertThat(problems("""
                        # TYPE h histogram
                        h_bucket{le="0.1"} 1
                        h_bucket{le="0.10"} 1
                        h_bucket{le="+Inf"} 1
                        h_sum 1
                        h_count 1
                        """)).containsExactly("buckets of h out of order, or without le, at le=0.10");
    }

    private static Verdict moves(String served, List<Generation> all) {
        Exchange before = scrape(text(10, 5, 100));
        return MetricsTruth.moves(
                new MetricsTruth.Scrapes(List.of(before, before), scrape(served), Optional.empty()), all, List.of());
    }

    @Test
    void wantsHistogramsToMoveToo() {
        List<Generation> two = List.of(SERVED, SERVED);
        held(moves(text(12, 5, 116), two), "2 served requests and 16 tokens");
        for (String name :
                List.of("worker_inference_duration_seconds_count", "worker_time_to_first_token_seconds_count")) {
            broken(
                    moves(text(12, 5, 116).replace(name + " 17", name + " 15"), two),
                    "ME-01",
                    name + " to move by 2",
                    "it moved by 0");
        }
    }

    @Test
    void countsNothingWhereARequestGaveNoWholeText() {
        inconclusive(moves(text(12, 5, 116), List.of(SERVED, CANCELLED)), "gave no whole text");
        inconclusive(moves(text(10, 5, 100), List.of()), "gave no whole text");
    }

    private static Verdict cancelled(String after) {
        Exchange before = scrape(text(10, 5, 100));
        Exchange served = scrape(text(11, 5, 108));
        return MetricsTruth.moves(
                new MetricsTruth.Scrapes(List.of(before, before), served, Optional.of(scrape(after))),
                List.of(SERVED),
                List.of(CANCELLED, SERVED, CANCELLED));
    }

    @Test
    void jobThatWasOverBeforeItsCancelCountsAsServed() {
        held(cancelled(text(12, 7, 119)), "3 cancelled");
        broken(cancelled(text(11, 7, 119)), "ME-01", "2 cancelled requests counted", "cancelled by 2");
        broken(cancelled(text(12, 8, 119)), "ME-01", "2 cancelled requests counted", "cancelled by 3");
    }

    private static final String LINE = " job_finished job_id=\"j-1\" tokens_out=\"8\"\n";

    @Test
    void needsATextThatCanBeLookedFor() {
        held(LogPrivacy.judge(LINE, List.of("canary-1"), List.of(SERVED)), "1 jobs");
        inconclusive(LogPrivacy.judge(LINE, List.of("canary-1"), List.of(CANCELLED)), "generated nothing");
    }
}
