package dev.touchstone.worker.openai;

import dev.touchstone.worker.http.FrameWriter;
import dev.touchstone.worker.job.JobEvent;
import dev.touchstone.worker.telemetry.JsonText;

/**
 * Job events to chunks: in chat the role first; a chunk for each token that completes text; one chunk with the reason to
 * finish; the usage where it was asked for; {@code [DONE]}. A failure is an error object and nothing after it.
 */
final class ChunkWriter implements FrameWriter {
    private final Envelope envelope;
    private final boolean includeUsage;

    ChunkWriter(Envelope envelope, boolean includeUsage) {
        this.envelope = envelope;
        this.includeUsage = includeUsage;
    }

    @Override
    public void write(JobEvent event, StringBuilder out) {
        switch (event) {
            case JobEvent.Started started -> {
                if (envelope.chat()) {
                    begin(out);
                    out.append("\"delta\":{\"role\":\"assistant\",\"content\":\"\"}");
                    end("null", out);
                }
            }
            case JobEvent.Token token -> {
                if (!token.text().isEmpty()) {
                    text(token.text(), out);
                }
            }
            case JobEvent.Metrics metrics -> {}
            case JobEvent.End end -> finish(end, out);
            case JobEvent.Failed failed ->
                out.append("data: ").append(OpenAiErrors.of(failed)).append("\n\n");
        }
    }

    private void text(String text, StringBuilder out) {
        begin(out);
        out.append(envelope.chat() ? "\"delta\":{\"content\":" : "\"text\":");
        JsonText.quote(text, out);
        out.append(envelope.chat() ? "}" : "");
        end("null", out);
    }

    private void finish(JobEvent.End end, StringBuilder out) {
        begin(out);
        out.append(envelope.chat() ? "\"delta\":{}" : "\"text\":\"\"");
        end("\"" + Envelope.finishReason(end) + "\"", out);
        if (includeUsage) {
            out.append("data: ");
            envelope.open(true, out);
            out.append("],");
            Envelope.usage(end, out);
            out.append("}\n\n");
        }
        out.append("data: [DONE]\n\n");
    }

    private void begin(StringBuilder out) {
        out.append("data: ");
        envelope.open(true, out);
        out.append("{\"index\":0,");
    }

    private void end(String finishReason, StringBuilder out) {
        out.append(",\"logprobs\":null,\"finish_reason\":").append(finishReason).append("}]");
        // The reference: present, and null but in the last chunk, only where the usage was asked for.
        out.append(includeUsage ? ",\"usage\":null}\n\n" : "}\n\n");
    }
}
