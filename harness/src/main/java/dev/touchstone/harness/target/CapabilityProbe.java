package dev.touchstone.harness.target;

import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.WorkerClient;
import dev.touchstone.harness.json.JsonReading;
import dev.touchstone.harness.json.JsonText;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;

/** Asks a worker's health route, and nothing else, what it can do. */
public final class CapabilityProbe {

    /** What came of asking. */
    public sealed interface Answer {}

    public record Found(Capabilities capabilities) implements Answer {}

    /**
     * Health tells nothing.
     *
     * @param reason one sentence: which URL, and what it did instead of answering
     * @param status of the answer, 0 where none came
     */
    public record Failed(String reason, int status) implements Answer {}

    private CapabilityProbe() {}

    public static Answer ask(Target target, WorkerClient client) throws InterruptedException {
        String path = target.healthPath().orElse("/health");
        Exchange exchange = client.send(
                Call.get("health", path),
                target.budgets().connect().plus(target.budgets().head()));
        String url = target.url(path);
        if (exchange.end() instanceof BodyEnd.Cut cut) {
            return failed(
                    exchange,
                    target.baseUrl() + " does not answer: " + cut.reason()
                            + "; check that the worker runs and that the URL is right.");
        }
        if (exchange.end() instanceof BodyEnd.TooLarge large) {
            return failed(
                    exchange,
                    "%s sent more than %,d bytes; accepted is the worker's health, one JSON object."
                            .formatted(url, large.limit()));
        }
        if (!(exchange.end() instanceof BodyEnd.Complete)) {
            return failed(exchange, url + " did not answer in full within the time limit.");
        }
        if (exchange.status() != 200) {
            return failed(
                    exchange, url + " answered " + exchange.status() + "; accepted is 200 with the worker's health.");
        }
        return JsonText.parse(exchange.bodyText()) instanceof JsonReading.Value value
                        && value.node().isObject()
                ? new Found(Capabilities.of(value.node(), exchange.bodyText()))
                : failed(exchange, url + " answered 200 with something else than a JSON object.");
    }

    private static Failed failed(Exchange exchange, String reason) {
        return new Failed(reason, exchange.status());
    }
}
