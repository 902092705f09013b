package dev.touchstone.worker.openai;

import dev.touchstone.worker.http.Dialect;
import dev.touchstone.worker.http.RefusedRequest;
import dev.touchstone.worker.job.ErrorCode;
import dev.touchstone.worker.job.JobEvent;
import dev.touchstone.worker.telemetry.JsonText;
import java.util.Locale;
import java.util.Optional;

/** Errors as {@code {"error":{"message","type","param","code"}}}. */
final class OpenAiErrors {
    private OpenAiErrors() {}

    static String of(RefusedRequest refused) {
        // Of the other statuses, only an unknown model is the matter of a parameter.
        boolean parameter = refused.status() == 400 || refused.field().equals("model");
        Optional<String> param =
                parameter && !refused.field().isEmpty() ? Optional.of(refused.field()) : Optional.empty();
        return body(refused.text(), type(refused.status()), param, code(refused));
    }

    static String internal() {
        return body(
                "The worker failed to handle the request.",
                "server_error",
                Optional.empty(),
                lower(ErrorCode.INTERNAL));
    }

    /** The error of a job that has begun. */
    static String of(JobEvent.Failed failed) {
        return body(failed.message(), "server_error", Optional.empty(), lower(failed.code()));
    }

    /** The same, where nothing has been sent yet. */
    static Dialect.Body whole(JobEvent.Failed failed) {
        int status = switch (failed.code()) {
            case INFERENCE_TIMEOUT -> 504;
            case CANCELLED, VRAM_OOM, BUSY -> 503;
            default -> 500;
        };
        return new Dialect.Body(status, of(failed));
    }

    private static String type(int status) {
        return status >= 500 ? "server_error" : "invalid_request_error";
    }

    private static Optional<String> code(RefusedRequest refused) {
        if (refused instanceof UnsupportedField) {
            return Optional.of("unsupported_parameter");
        }
        return switch (refused.code()) {
            case INVALID_REQUEST ->
                switch (refused.status()) {
                    case 404 -> Optional.of(refused.field().equals("model") ? "model_not_found" : "unknown_url");
                    case 405 -> Optional.of("method_not_allowed");
                    case 413 -> Optional.of("request_too_large");
                    case 415 -> Optional.of("unsupported_media_type");
                    default -> Optional.empty();
                };
            case UNAUTHORIZED -> Optional.of("invalid_api_key");
            default -> lower(refused.code());
        };
    }

    private static Optional<String> lower(ErrorCode code) {
        return Optional.of(code.name().toLowerCase(Locale.ROOT));
    }

    private static String body(String message, String type, Optional<String> param, Optional<String> code) {
        StringBuilder out = new StringBuilder(160);
        out.append("{\"error\":{\"message\":");
        JsonText.quote(message, out);
        out.append(",\"type\":\"").append(type).append("\",\"param\":");
        param.ifPresentOrElse(text -> JsonText.quote(text, out), () -> out.append("null"));
        out.append(",\"code\":");
        code.ifPresentOrElse(text -> JsonText.quote(text, out), () -> out.append("null"));
        return out.append("}}").toString();
    }
}
