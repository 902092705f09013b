package dev.touchstone.worker.http;

import dev.touchstone.worker.job.ErrorCode;
import dev.touchstone.worker.telemetry.JsonText;

/** The JSON bodies of the native dialect that are not events. */
final class JsonBodies {
    private JsonBodies() {}

    static String error(ErrorCode code, String field, String message, String counts) {
        StringBuilder out = new StringBuilder(160);
        out.append("{\"code\":\"").append(code).append("\",");
        if (!field.isEmpty()) {
            out.append("\"field\":");
            JsonText.quote(field, out);
            out.append(',');
        }
        out.append("\"message\":");
        JsonText.quote(message, out);
        return out.append(",\"retriable\":")
                .append(code.retriable())
                .append(counts)
                .append('}')
                .toString();
    }
}
