package dev.touchstone.harness.target;

import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.WorkerClient;
import dev.touchstone.harness.json.JsonReading;
import dev.touchstone.harness.json.JsonText;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;

/** Asks a worker's {@code /health}, and nothing else, what it can do. */
public final class CapabilityProbe {

    /** What came of asking. */
    public sealed interface Answer {}

    public record Found(Capabilities capabilities) implements Answer {}

    /** One sentence: which URL, and what it did instead of answering. */
    public record Failed(String reason) implements Answer {}

    private CapabilityProbe() {}

    public static Answer ask(Target target, WorkerClient client) throws InterruptedException {
        Exchange exchange = client.send(
                Call.get("health", "/health"),
                target.budgets().connect().plus(target.budgets().head()));
        String url = target.url("/health");
        if (exchange.end() instanceof BodyEnd.Cut cut) {
            return new Failed(target.baseUrl() + " does not answer: " + cut.reason()
                    + "; check that the worker runs and that the URL is right.");
        }
        if (exchange.end() instanceof BodyEnd.TooLarge large) {
            return new Failed("%s sent more than %,d bytes; accepted is the worker's health, one JSON object."
                    .formatted(url, large.limit()));
        }
        if (!(exchange.end() instanceof BodyEnd.Complete)) {
            return new Failed(url + " did not answer in full within the time limit.");
        }
        if (exchange.status() != 200) {
            return new Failed(url + " answered " + exchange.status() + "; accepted is 200 with the worker's health.");
        }
        return JsonText.parse(exchange.bodyText()) instanceof JsonReading.Value value
                        && value.node().isObject()
                ? new Found(Capabilities.of(value.node(), exchange.bodyText()))
                : new Failed(url + " answered 200 with something else than a JSON object.");
    }
}
