package dev.touchstone.worker.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The rules of the Prometheus text format, version 0.0.4, as promtool checks them. */
class MetricsTest {
    private static final Pattern SAMPLE =
            Pattern.compile("([a-z_]+)(?:\\{([a-z]+)=\"([^\"\\\\\n]*)\"})? ([0-9.E+-]+|\\+Inf)");

    private static Metrics busy() {
        Metrics metrics = new Metrics();
        metrics.finished("ok", 7);
        metrics.finished("ok", 0);
        metrics.finished("cancelled", 3);
        metrics.finished("vram_oom", 0);
        metrics.duration(1);
        metrics.duration(5_000_000);
        metrics.duration(400_000_000_000L);
        metrics.firstToken(999_999);
        return metrics;
    }

    @Test
    void everySampleBelongsToTheFamilyAboveItAndStandsOnce() {
        String text = busy().text(1L << 40, 3, 12_345_678.9);
        assertThat(text).endsWith("\n");
        Set<String> seen = new HashSet<>();
        String family = "";
        String type = "";
        for (String line : text.lines().toList()) {
            if (line.startsWith("# HELP ")) {
                family = line.split(" ")[2];
                assertThat(seen.add(family)).isTrue();
            } else if (line.startsWith("# TYPE ")) {
                assertThat(line.split(" ")[2]).isEqualTo(family);
                type = line.split(" ")[3];
            } else {
                Matcher sample = SAMPLE.matcher(line);
                assertThat(sample.matches()).as(line).isTrue();
                List<String> names = type.equals("histogram")
                        ? List.of(family + "_bucket", family + "_sum", family + "_count")
                        : List.of(family);
                assertThat(names).contains(sample.group(1));
                assertThat(seen.add(sample.group(1) + sample.group(3))).isTrue();
                assertThat(Double.parseDouble(sample.group(4).replace("+Inf", "Infinity")))
                        .isNotNegative();
            }
        }
        assertThat(seen)
                .contains(
                        "worker_requests_total",
                        "worker_tokens_generated_total",
                        "worker_vram_bytes",
                        "worker_inference_duration_seconds",
                        "worker_time_to_first_token_seconds",
                        "worker_queue_depth",
                        "worker_uptime_seconds");
    }

    @Test
    void bucketsRiseToTheCount() {
        Map<String, Long> last = new HashMap<>();
        for (String line : busy().text(0, 0, 0).lines().toList()) {
            Matcher sample = SAMPLE.matcher(line);
            if (!sample.matches()) {
                continue;
            }
            String family = sample.group(1).replaceAll("_(bucket|count)$", "");
            if (sample.group(1).endsWith("_bucket")) {
                long count = Long.parseLong(sample.group(4));
                assertThat(count).isGreaterThanOrEqualTo(last.getOrDefault(family, 0L));
                last.put(family, count);
            } else if (sample.group(1).endsWith("_count")) {
                assertThat(Long.parseLong(sample.group(4))).isEqualTo(last.get(family));
            }
        }
        assertThat(last)
                .isEqualTo(Map.of("worker_inference_duration_seconds", 3L, "worker_time_to_first_token_seconds", 1L));
    }

    @Test
    void outcomesStandAtZeroBeforeTheFirstRequestAndAreCountedOnce() {
        assertThat(new Metrics().text(0, 0, 0))
                .contains("worker_requests_total{outcome=\"ok\"} 0\n", "worker_requests_total{outcome=\"busy\"} 0\n");
        assertThat(busy().text(0, 0, 0))
                .contains("worker_requests_total{outcome=\"ok\"} 2\n")
                .contains("worker_requests_total{outcome=\"cancelled\"} 1\n")
                .contains("worker_requests_total{outcome=\"vram_oom\"} 1\n")
                .contains("worker_tokens_generated_total 10\n");
    }
}
