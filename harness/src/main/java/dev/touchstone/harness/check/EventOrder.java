package dev.touchstone.harness.check;

import dev.touchstone.harness.sse.SseEvent;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Finding;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Judges EV-02: started, then tokens, then exactly one terminal event, then the end of the body. Events of other names
 * are legal before the terminal one, and ignored. In the OpenAI dialect: chunks, one finish_reason, {@code [DONE]}.
 */
public final class EventOrder {
    private static final String RULE = "EV-02";
    private static final String ORDER = "one started, then token events, then exactly one end or error";

    private EventOrder() {}

    /** @param closing how long the worker may take from its terminal event to the end of the body */
    public static Verdict judge(Generation generation, Duration closing) {
        Exchange exchange = generation.exchange();
        var findings = new Findings(RULE);
        if (exchange.status() != 200) {
            return findings.add("an event stream", "the answer was " + generation.outcome())
                    .broken();
        }
        if (exchange.end() instanceof BodyEnd.Abandoned) {
            return new Verdict.Inconclusive(RULE, "the kit itself hung up before the stream was over");
        }
        if (generation.isOpenAi()) {
            return ChunkForm.order(RULE, generation, closing);
        }
        sequence(generation.stream().events(), findings);
        if (generation.terminal().isEmpty()) {
            findings.add(noTerminal(exchange));
        } else {
            closed(generation.terminal().get(), exchange.end(), closing, findings);
        }
        return findings.orHeld("started, %d token events, one %s, and the body closed %s later"
                .formatted(
                        generation.tokenCount(),
                        generation.terminal().map(SseEvent::type).orElse(""),
                        Shown.millis(exchange.end().nanos() - generation.durationNanos())));
    }

    /** Judges several streams; one that was refused, for its prompt may be too long, says nothing of order. */
    public static Verdict judge(List<Generation> generations, Duration closing) {
        var findings = new Findings(RULE);
        int streams = 0;
        for (Generation generation : generations) {
            if (generation.exchange().status() != 200) {
                continue;
            }
            streams++;
            if (judge(generation, closing) instanceof Verdict.Broken broken) {
                broken.findings().forEach(findings::add);
            }
        }
        return streams == 0
                ? findings.orInconclusive(
                        "no stream came: " + generations.getLast().outcome())
                : findings.orHeld("%d streams, each in order and closed".formatted(streams));
    }

    private static void sequence(List<SseEvent> events, Findings findings) {
        boolean greeted = events.stream().anyMatch(e -> e.type().equals("started"));
        if (!greeted) {
            findings.add(ORDER, "no started came among %d events".formatted(events.size()));
        }
        Optional<SseEvent> started = Optional.empty();
        Optional<SseEvent> terminal = Optional.empty();
        for (SseEvent event : events) {
            if (terminal.isPresent()) {
                findings.at(
                        event,
                        "nothing after the terminal event",
                        "%s came after %s"
                                .formatted(event.type(), terminal.get().type()));
            }
            if (event.type().equals("started")) {
                if (started.isPresent()) {
                    findings.at(event, ORDER, "a second started came");
                }
                started = Optional.of(event);
            } else if (greeted && started.isEmpty() && (event.type().equals("token") || Generation.isTerminal(event))) {
                findings.at(event, ORDER, event.type() + " came before started");
            }
            if (terminal.isEmpty() && Generation.isTerminal(event)) {
                terminal = Optional.of(event);
            }
        }
    }

    private static Finding noTerminal(Exchange exchange) {
        String how = switch (exchange.end()) {
            case BodyEnd.Complete c -> "the body ended without one";
            case BodyEnd.Cut c -> "the connection was cut without one: " + c.reason();
            case BodyEnd.TimedOut t -> "none came within " + Shown.millis(t.nanos()) + ", when the kit gave up";
            case BodyEnd.Abandoned a -> "the kit hung up before one came";
            case BodyEnd.TooLarge t -> "none came within %d bytes".formatted(t.limit());
        };
        return Finding.at(exchange.body().length, "a terminal event, end or error", how);
    }

    private static void closed(SseEvent terminal, BodyEnd end, Duration closing, Findings findings) {
        long late = end.nanos() - terminal.nanos();
        switch (end) {
            case BodyEnd.Complete c when late <= closing.toNanos() -> {}
            case BodyEnd.Complete c ->
                findings.at(
                        terminal,
                        "the body closed within %d ms of the terminal event".formatted(closing.toMillis()),
                        "it was left open for " + Shown.millis(late));
            case BodyEnd.Cut cut ->
                findings.at(
                        terminal,
                        "a body that is closed properly after the terminal event",
                        "the connection was cut: " + cut.reason());
            case BodyEnd.TimedOut t ->
                findings.at(
                        terminal,
                        "the body closed after the terminal event",
                        "it was still open %s after %s".formatted(Shown.millis(late), terminal.type()));
            case BodyEnd.TooLarge t ->
                findings.at(
                        terminal, "nothing after the terminal event", "more than %d bytes came".formatted(t.limit()));
            case BodyEnd.Abandoned a -> {}
        }
    }
}
