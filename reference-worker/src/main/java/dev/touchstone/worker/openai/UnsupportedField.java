package dev.touchstone.worker.openai;

import dev.touchstone.worker.http.RefusedRequest;
import dev.touchstone.worker.job.ErrorCode;

/** A field of the dialect that asks for what the worker does not do. */
final class UnsupportedField extends RefusedRequest {
    private static final long serialVersionUID = 1;

    /** @param accepted what the field may be, such as {@code only 1 is accepted} */
    UnsupportedField(String field, String accepted) {
        super(400, ErrorCode.INVALID_REQUEST, field, field + " is not supported: " + accepted + ".");
    }
}
