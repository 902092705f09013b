package dev.touchstone.worker.openai;

import dev.touchstone.worker.job.JobEvent;
import dev.touchstone.worker.telemetry.JsonText;

/**
 * What every chunk and answer of one request has in common.
 *
 * @param chat whether the answer is a message, not a text
 * @param created seconds since 1970, UTC
 */
record Envelope(boolean chat, String id, long created, String model) {

    /** Opens the object, up to and with {@code "choices":[}. */
    void open(boolean chunk, StringBuilder out) {
        out.append("{\"id\":");
        JsonText.quote(id, out);
        out.append(",\"object\":\"")
                .append(chat ? (chunk ? "chat.completion.chunk" : "chat.completion") : "text_completion")
                .append("\",\"created\":")
                .append(created)
                .append(",\"model\":");
        JsonText.quote(model, out);
        out.append(",\"choices\":[");
    }

    /** The dialect's word for why a job ended. */
    static String finishReason(JobEvent.End end) {
        return end.stopReason().equals("max_tokens") ? "length" : "stop";
    }

    static void usage(JobEvent.End end, StringBuilder out) {
        out.append("\"usage\":{\"prompt_tokens\":")
                .append(end.tokensIn())
                .append(",\"completion_tokens\":")
                .append(end.tokensOut())
                .append(",\"total_tokens\":")
                .append(end.tokensIn() + end.tokensOut())
                .append('}');
    }
}
