package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Judges ME-01: /metrics is valid, has the promised members, and its counters move by exactly what was caused. */
public final class MetricsTruth {
    private static final String RULE = "ME-01";
    private static final String REQUESTS = "worker_requests_total";
    private static final String TOKENS = "worker_tokens_generated_total";
    private static final Map<String, String> MEMBERS = Map.of(
            REQUESTS,
            "counter",
            TOKENS,
            "counter",
            "worker_vram_bytes",
            "gauge",
            "worker_inference_duration_seconds",
            "histogram",
            "worker_time_to_first_token_seconds",
            "histogram",
            "worker_queue_depth",
            "gauge",
            "worker_uptime_seconds",
            "gauge");

    private MetricsTruth() {}

    /** Judges one scrape by itself; a worker without the route is unsupported, since the promise is a SHOULD. */
    public static Verdict form(Exchange scrape) {
        if (scrape.status() == 404) {
            return new Verdict.Unsupported(RULE, "GET /metrics answers 404");
        }
        var findings = new Findings(RULE);
        if (scrape.status() != 200) {
            return findings.add("200 with Prometheus text", Shown.answer(scrape))
                    .broken();
        }
        String type = scrape.head().flatMap(h -> h.header("Content-Type")).orElse("absent");
        if (!type.startsWith("text/plain") && !type.startsWith("application/openmetrics-text")) {
            findings.add("Content-Type text/plain; version=0.0.4", "it was " + type);
        }
        MetricsText text = MetricsText.of(scrape.bodyText());
        text.problems()
                .forEach(problem -> findings.add("valid Prometheus text, version 0.0.4", "there was " + problem));
        MEMBERS.forEach((name, wanted) -> {
            String seen = text.type(name).orElse("untyped");
            String sample = wanted.equals("histogram") ? name + "_count" : name;
            // A counter family may have no sample before its first event.
            if (!text.has(sample) && !(name.equals(REQUESTS) && text.type(name).isPresent())) {
                findings.add(name, "it was absent");
            } else if (!seen.equals(wanted) && !(wanted.equals("gauge") && seen.equals("counter"))) {
                findings.add("%s of type %s".formatted(name, wanted), "it was " + seen);
            }
        });
        if (!text.by(REQUESTS, "outcome").keySet().isEmpty() || text.sum(REQUESTS) == 0) {
            return findings.orHeld("%d members present and well-formed".formatted(MEMBERS.size()));
        }
        return findings.add(REQUESTS + " with the label outcome", "it had none").broken();
    }

    /**
     * Scrapes of an otherwise idle worker.
     *
     * @param idle two scrapes with nothing between them but time
     * @param afterServed after {@code served} came to their end
     * @param afterCancelled after {@code cancelled} were cancelled, too; empty where nothing can be cancelled
     */
    public record Scrapes(List<Exchange> idle, Exchange afterServed, Optional<Exchange> afterCancelled) {}

    /** Whether no request was counted between two scrapes. */
    public static boolean still(Exchange before, Exchange after) {
        return outcomes(text(before), text(after)).isEmpty()
                && text(before).sum(TOKENS) == text(after).sum(TOKENS);
    }

    /** Judges how the counters moved. */
    public static Verdict moves(Scrapes scrapes, List<Generation> served, List<Generation> cancelled) {
        var findings = new Findings(RULE);
        MetricsText before = text(scrapes.idle().getLast());
        MetricsText after = text(scrapes.afterServed());
        if (!still(scrapes.idle().getFirst(), scrapes.idle().getLast())) {
            return new Verdict.Inconclusive(RULE, "the counters moved by themselves: somebody else uses the worker");
        }
        if (served.isEmpty() || served.stream().anyMatch(g -> !g.ended() || !g.countsTokens())) {
            return new Verdict.Inconclusive(RULE, "a request gave no whole text, so that nothing can be counted");
        }
        Map<String, Double> moved = outcomes(before, after);
        Optional<String> ok = served(moved, served.size(), findings);
        tokens(before, after, served, findings);
        histogram("worker_inference_duration_seconds", before, after, served.size(), findings);
        histogram("worker_time_to_first_token_seconds", before, after, served.size(), findings);
        scrapes.afterCancelled()
                .ifPresent(last -> cancelled(ok.orElse(""), outcomes(after, text(last)), cancelled, findings));
        return findings.orHeld("counters moved by exactly %d served%s requests and %s tokens"
                .formatted(
                        served.size(),
                        cancelled.isEmpty() ? "" : " and %d cancelled".formatted(cancelled.size()),
                        shown(after.sum(TOKENS) - before.sum(TOKENS))));
    }

    private static Optional<String> served(Map<String, Double> moved, int served, Findings findings) {
        if (moved.size() == 1 && moved.values().iterator().next() == served) {
            return moved.keySet().stream().findFirst();
        }
        findings.add(
                "one outcome of %s to move by %d for %d served requests".formatted(REQUESTS, served, served),
                "moved were " + shown(moved));
        return Optional.empty();
    }

    private static void tokens(MetricsText before, MetricsText after, List<Generation> served, Findings findings) {
        double caused = served.stream().mapToInt(Generation::tokenCount).sum();
        double moved = after.sum(TOKENS) - before.sum(TOKENS);
        if (moved != caused) {
            findings.add(
                    "%s to move by %s for as many generated tokens".formatted(TOKENS, shown(caused)),
                    "it moved by " + shown(moved));
        }
    }

    private static void histogram(String name, MetricsText before, MetricsText after, int served, Findings findings) {
        double moved = after.sum(name + "_count") - before.sum(name + "_count");
        if (moved != served) {
            findings.add("%s_count to move by %d".formatted(name, served), "it moved by " + shown(moved));
        }
    }

    private static void cancelled(String ok, Map<String, Double> moved, List<Generation> cancelled, Findings findings) {
        long over = cancelled.stream().filter(Generation::ended).count();
        double counted = moved.entrySet().stream()
                .filter(e -> !e.getKey().equals(ok))
                .mapToDouble(Map.Entry::getValue)
                .sum();
        double asOk = moved.getOrDefault(ok, 0.0);
        if (counted != cancelled.size() - over || asOk != over) {
            findings.add(
                    "%d cancelled requests counted under an outcome other than %s"
                            .formatted(cancelled.size() - over, Shown.quoted(ok)),
                    "moved were " + shown(moved));
        }
    }

    private static Map<String, Double> outcomes(MetricsText before, MetricsText after) {
        Map<String, Double> moved = new LinkedHashMap<>();
        Map<String, Double> old = before.by(REQUESTS, "outcome");
        after.by(REQUESTS, "outcome").forEach((outcome, value) -> {
            double difference = value - old.getOrDefault(outcome, 0.0);
            if (difference != 0) {
                moved.put(outcome, difference);
            }
        });
        return moved;
    }

    private static MetricsText text(Exchange scrape) {
        return MetricsText.of(scrape.bodyText());
    }

    private static String shown(Map<String, Double> moved) {
        return moved.isEmpty()
                ? "none"
                : String.join(
                        ", ",
                        moved.entrySet().stream()
                                .map(e -> "%s by %s".formatted(e.getKey(), shown(e.getValue())))
                                .toList());
    }

    private static String shown(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
