package dev.touchstone.features.run;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.harness.cli.ToolVersion;
import dev.touchstone.harness.load.SpeedPlan;
import dev.touchstone.harness.load.Spread;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The figures of a bench as text and as JSON.
 *
 * @param command that takes them again
 * @param spreads what was measured; one without a value is left out
 */
record BenchReport(TargetFacts facts, SpeedPlan plan, String command, Instant at, List<Spread> spreads) {
    private static final int MANY = 20;
    private static final JsonMapper JSON = new JsonMapper();

    BenchReport {
        spreads = spreads.stream().filter(spread -> !spread.isEmpty()).toList();
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("worker: %s, %s %s, %s"
                .formatted(
                        facts.url(),
                        facts.model(),
                        facts.capabilities().quantKind().orElse("(type not told)"),
                        facts.resident() ? "resident on a GPU" : "not resident on a GPU"));
        lines.add("taken by: " + command);
        lines.add(
                "generations of %d tokens after a short prompt; greedy, one at a time".formatted(plan.decodeTokens()));
        spreads.forEach(spread -> lines.add(line(spread)));
        return lines;
    }

    private static String line(Spread spread) {
        int count = spread.values().size();
        // A percentile of fewer values than these would be the largest of them.
        String tail = count < MANY
                ? ""
                : String.format(Locale.ROOT, "p95 %,.2f, p99 %,.2f, ", spread.percentile(95), spread.percentile(99));
        return String.format(
                Locale.ROOT,
                "%-35s median %,10.2f %s (least %,.2f, %smost %,.2f of %,d)",
                spread.name(),
                spread.median(),
                spread.unit(),
                spread.least(),
                tail,
                spread.most(),
                count);
    }

    /** The same with every value; at the end a line feed. */
    String json() {
        ObjectNode root = JSON.createObjectNode()
                .put("tool", "touchstone " + ToolVersion.text())
                .put("taken_by", command)
                .put("taken_at", at.toString())
                .put("url", facts.url());
        root.set("health", facts.health());
        root.putObject("plan")
                .put("decode_tokens", plan.decodeTokens())
                .put("prompt_tokens", plan.prefillTokens())
                .put("short_tokens", plan.shortTokens())
                .put("rounds", plan.rounds())
                .put("first_token_rounds", plan.firstTokenRounds());
        var figures = root.putArray("figures");
        for (Spread spread : spreads) {
            ObjectNode figure = figures.addObject()
                    .put("name", spread.name())
                    .put("unit", spread.unit())
                    .put("count", spread.values().size())
                    .put("median", spread.median())
                    .put("least", spread.least())
                    .put("p95", spread.percentile(95))
                    .put("p99", spread.percentile(99))
                    .put("most", spread.most());
            spread.values().forEach(figure.putArray("values")::add);
        }
        return root.toPrettyString() + "\n";
    }
}
