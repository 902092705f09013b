package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.Optional;

/** Judges OA-06: the list of models. */
public final class ModelList {
    private static final String RULE = "OA-06";

    private ModelList() {}

    /** @param model that health names, where there is such a route */
    public static Verdict judge(Exchange exchange, Optional<String> model) {
        var findings = new Findings(RULE);
        Optional<Fields> list = Fields.of(exchange.bodyText());
        if (exchange.status() != 200 || list.isEmpty()) {
            return findings.add("status 200 with a list of models", Shown.answer(exchange))
                    .broken();
        }
        if (list.get().string("object").filter("list"::equals).isEmpty()) {
            findings.add("object list", "it was " + list.get().shown("object"));
        }
        List<Fields> models = list.get().objects("data");
        List<String> ids = models.stream().flatMap(m -> m.string("id").stream()).toList();
        if (ids.isEmpty()) {
            findings.add(
                    "data with one model or more, each with an id",
                    "it was " + list.get().shown("data"));
        } else if (model.isPresent() && !ids.contains(model.get())) {
            findings.add("the model that health names, " + model.get(), "listed were " + ids);
        }
        models.stream()
                .filter(m -> m.string("object").filter("model"::equals).isEmpty())
                .forEach(m -> findings.add("object model", "it was " + m.shown("object")));
        return findings.orHeld("listed: " + String.join(", ", ids));
    }
}
