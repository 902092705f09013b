package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Judges SE-06: requests that two readers could read in two ways are refused and their connection closed, as RFC 9112,
 * sections 2.2, 5.2, 6.1 and 6.3, allow or demand. Section 5.2 would also let a server mend folded lines; the contract
 * does not.
 */
public final class RequestFraming {
    private static final String RULE = "SE-06";
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] [1-9]\\d{2}[ \\r]");

    private RequestFraming() {}

    /** @param ambiguous each labelled by what is wrong; everything after the first head of the answer is its body */
    public static Verdict judge(List<Exchange> ambiguous) {
        var findings = new Findings(RULE);
        for (Exchange exchange : ambiguous) {
            if (exchange.status() != 400) {
                findings.add("400 to a request with " + exchange.label(), Shown.answer(exchange));
            }
            if (STATUS_LINE.matcher(exchange.bodyText()).find()) {
                findings.add(
                        "one answer to a request with " + exchange.label(),
                        "the request hidden in its body was answered too");
            }
            if (exchange.end() instanceof BodyEnd.TimedOut) {
                findings.add(
                        "the connection closed after a request with " + exchange.label(),
                        "it was still open after " + Shown.millis(exchange.end().nanos()));
            }
        }
        return ambiguous.isEmpty()
                ? findings.orInconclusive("no ambiguous request was sent")
                : findings.orHeld("%d ambiguous requests refused with 400 and their connections closed"
                        .formatted(ambiguous.size()));
    }
}
