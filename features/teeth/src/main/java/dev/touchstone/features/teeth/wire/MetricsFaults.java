package dev.touchstone.features.teeth.wire;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Metrics that are malformed, or count otherwise than promised. */
final class MetricsFaults {

    private static final Pattern OK = outcome("ok");
    private static final Pattern CANCELLED = outcome("cancelled");

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            Map.entry("counters-frozen", MetricsFaults::frozen),
            Map.entry("cancelled-counted-as-ok", () -> text(MetricsFaults::cancelledAsOk)),
            Map.entry("outcome-label-missing", () -> text(MetricsFaults::withoutOutcome)),
            Map.entry("histogram-without-inf", () -> text(body -> body.replaceAll("(?m)^.*le=\"\\+Inf\".*\n", ""))),
            Map.entry(
                    "metrics-line-malformed",
                    () -> text(
                            body -> body.replaceAll("(?m)^worker_uptime_seconds .*$", "worker_uptime_seconds: 1,5 s"))),
            Map.entry("token-counter-counts-requests", () -> text(MetricsFaults::tokensAsRequests)));

    private MetricsFaults() {}

    private static Pattern outcome(String name) {
        return Pattern.compile("(?m)^worker_requests_total\\{outcome=\"" + name + "\"} (\\d+)$");
    }

    private static TrafficChange text(UnaryOperator<String> change) {
        return BodyChange.of(MetricsFaults::isScrape, (request, answer) -> {
            String changed = change.apply(answer.body());
            return changed.equals(answer.body()) ? answer : answer.withBody(changed);
        });
    }

    private static boolean isScrape(ClientRequest request) {
        return request.is("GET", "/metrics");
    }

    /** The first scrape is answered again and again. */
    private static TrafficChange frozen() {
        var first = new AtomicReference<String>("");
        return text(body -> {
            first.compareAndSet("", body);
            return first.get();
        });
    }

    private static String cancelledAsOk(String body) {
        long cancelled = count(CANCELLED, body);
        String ok = OK.matcher(body).replaceFirst(result -> line("ok", Long.parseLong(result.group(1)) + cancelled));
        return CANCELLED.matcher(ok).replaceFirst(line("cancelled", 0));
    }

    private static String withoutOutcome(String body) {
        String one = "worker_requests_total " + count(OK, body) + "\n";
        String bare = body.replaceAll("(?m)^worker_requests_total\\{outcome=\"(?!ok\").*\n", "");
        return bare.replaceAll("(?m)^worker_requests_total\\{outcome=\"ok\".*\n", one);
    }

    private static String tokensAsRequests(String body) {
        return body.replaceAll(
                "(?m)^worker_tokens_generated_total .*$", "worker_tokens_generated_total " + count(OK, body));
    }

    private static long count(Pattern line, String body) {
        Matcher matcher = line.matcher(body);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    private static String line(String outcome, long count) {
        return "worker_requests_total{outcome=\"" + outcome + "\"} " + count;
    }
}
