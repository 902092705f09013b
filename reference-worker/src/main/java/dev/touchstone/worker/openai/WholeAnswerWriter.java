package dev.touchstone.worker.openai;

import dev.touchstone.worker.http.Dialect;
import dev.touchstone.worker.job.JobEvent;
import dev.touchstone.worker.telemetry.JsonText;
import java.util.List;

/** All events of a job to one answer that is not streamed. */
record WholeAnswerWriter(Envelope envelope) implements Dialect.Summary {

    @Override
    public Dialect.Body of(List<JobEvent> events) {
        return switch (events.getLast()) {
            case JobEvent.End end -> new Dialect.Body(200, body(events, end));
            case JobEvent.Failed failed -> OpenAiErrors.whole(failed);
            default -> new Dialect.Body(500, OpenAiErrors.internal());
        };
    }

    private String body(List<JobEvent> events, JobEvent.End end) {
        StringBuilder text = new StringBuilder();
        for (JobEvent event : events) {
            if (event instanceof JobEvent.Token token) {
                text.append(token.text());
            }
        }
        StringBuilder out = new StringBuilder(text.length() + 400);
        envelope.open(false, out);
        out.append("{\"index\":0,");
        out.append(envelope.chat() ? "\"message\":{\"role\":\"assistant\",\"content\":" : "\"text\":");
        JsonText.quote(text.toString(), out);
        out.append(envelope.chat() ? ",\"refusal\":null}" : "");
        out.append(",\"logprobs\":null,\"finish_reason\":\"")
                .append(Envelope.finishReason(end))
                .append("\"}],");
        Envelope.usage(end, out);
        return out.append('}').toString();
    }
}
