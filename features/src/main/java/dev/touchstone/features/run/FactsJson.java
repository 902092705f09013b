package dev.touchstone.features.run;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.harness.client.NativeWire;
import dev.touchstone.harness.client.OpenAiWire;
import dev.touchstone.harness.client.Wire;
import dev.touchstone.harness.json.MalformedEvidence;
import dev.touchstone.harness.json.StrictNode;
import dev.touchstone.harness.target.Budgets;
import dev.touchstone.harness.target.Capabilities;
import dev.touchstone.harness.target.Dialect;
import dev.touchstone.harness.target.InvalidSetting;
import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.transcript.Redaction;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Writes what was known of the target as JSON and reads it back; of a token only that there was one. */
final class FactsJson {

    private FactsJson() {}

    static ObjectNode write(TargetFacts facts) {
        Target target = facts.target();
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("url", facts.url()).put("dialect", target.dialect().name().toLowerCase(Locale.ROOT));
        node.put("token", target.token().isPresent());
        target.healthPath().ifPresent(path -> node.put("health_path", path));
        target.openAi()
                .ifPresent(wire -> node.putObject("openai")
                        .put("model", wire.model())
                        .put("route", wire.route().name().toLowerCase(Locale.ROOT))
                        .put("usage", wire.usage()));
        node.put("launched", facts.launched());
        Capabilities said = facts.capabilities();
        ObjectNode capabilities = node.putObject("capabilities");
        said.model().ifPresent(model -> capabilities.put("model", model));
        said.contextLength().ifPresent(length -> capabilities.put("context_length", length));
        said.vocabSize().ifPresent(size -> capabilities.put("vocab_size", size));
        said.resident().ifPresent(resident -> capabilities.put("resident", resident));
        said.quantKind().ifPresent(kind -> capabilities.put("quant_kind", kind));
        capabilities.put("health", said.healthJson());
        node.set("health", facts.health());
        node.set("budgets", budgets(target.budgets()));
        return node;
    }

    /** Durations in milliseconds, factors and counts as they are. */
    static ObjectNode budgets(Budgets budgets) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, Object> budget : budgets.all().entrySet()) {
            if (budget.getValue() instanceof Duration limit) {
                node.put(budget.getKey(), limit.toNanos() / 1e6);
            } else if (budget.getValue() instanceof Number number) {
                node.put(budget.getKey(), number.doubleValue());
            }
        }
        return node;
    }

    /** @throws MalformedEvidence where it is damaged */
    static TargetFacts read(StrictNode node) {
        StrictNode said = node.get("capabilities");
        Optional<OpenAiWire> openAi = node.find("openai")
                .map(o -> new OpenAiWire(
                        o.text("model"), constant(OpenAiWire.Route.class, o.get("route")), o.truth("usage")));
        Dialect dialect = constant(Dialect.class, node.get("dialect"));
        Wire wire = dialect == Dialect.OPENAI
                ? openAi.orElseThrow(() -> new MalformedEvidence(node.where() + " lacks openai"))
                : new NativeWire();
        Target bare = Target.at(node.text("url"))
                .withBudgets(budgets(node.get("budgets")))
                .withWire(wire)
                .withHealthPath(node.find("health_path").map(StrictNode::text));
        Target marked = node.truth("token") ? bare.withToken(Redaction.MARK) : bare;
        return new TargetFacts(
                openAi.map(marked::withOpenAi).orElse(marked),
                new Capabilities(
                        said.find("model").map(StrictNode::text),
                        said.findInteger("context_length"),
                        said.findInteger("vocab_size"),
                        said.find("resident").map(StrictNode::truth),
                        said.find("quant_kind").map(StrictNode::text),
                        said.text("health")),
                node.truth("launched"),
                node.get("health").node());
    }

    private static Budgets budgets(StrictNode node) {
        Budgets budgets = Budgets.defaults();
        for (StrictNode.Member member : node.members()) {
            boolean time = budgets.all().get(member.name()) instanceof Duration;
            String value = String.format(Locale.ROOT, "%.6f", member.value().decimal());
            try {
                budgets = budgets.with(member.name(), time ? value + "ms" : value);
            } catch (InvalidSetting e) {
                throw new MalformedEvidence(member.value().where() + " is not accepted: " + e.getMessage());
            }
        }
        return budgets;
    }

    private static <T extends Enum<T>> T constant(Class<T> type, StrictNode node) {
        try {
            return Enum.valueOf(type, node.text().toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new MalformedEvidence(node.where() + " is '" + node.node().asText() + "'");
        }
    }
}
