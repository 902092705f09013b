package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Refusals of invalid requests told otherwise than promised: another status, another form, other words. */
final class ErrorFaults {

    private static final String TRACEBACK = "Traceback (most recent call last):\n"
            + "  File \"/opt/worker/server.py\", line 214, in execute\n    value = float(body[field])\n"
            + "ValueError: could not convert string to float";

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            invalid("invalid-value-500", a -> SmallAnswer.of(500, "text/plain", "Internal Server Error")),
            invalid("invalid-value-422", ErrorFaults::pydantic),
            invalid(
                    "invalid-value-html",
                    a -> new SmallAnswer(a.head().with("Content-Type", "text/html"), html("400 Bad Request"))),
            invalid("invalid-value-plain-text", a -> SmallAnswer.of(400, "text/plain", a.text("message"))),
            invalid(
                    "invalid-value-openai-form",
                    a -> a.withBody(
                            "{\"error\":{\"message\":\"" + a.text("message").replace("\"", "'")
                                    + "\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":null}}")),
            invalid("invalid-value-empty-body", a -> a.withBody("")),
            invalid("invalid-value-200", a -> a.withStatus(200)),
            invalid(
                    "invalid-value-traceback",
                    a -> SmallAnswer.json(500, "{\"detail\":\"" + escaped(TRACEBACK) + "\"}")),
            invalid("traceback-in-message", a -> a.edited(o -> o.put("message", TRACEBACK))),
            invalid("wrong-type-500", a -> a.text("message").contains("but was") ? a : a.withStatus(500)),
            invalid("no-field-blamed", a -> a.edited(o -> o.remove("field"))),
            invalid("field-is-body", a -> a.edited(o -> o.put("field", "body"))),
            invalid("invalid-is-retriable-text", a -> a.edited(o -> o.put("retriable", "false"))),
            invalid("no-message", a -> a.edited(o -> o.remove("message"))),
            invalid("code-of-the-framework", a -> a.edited(o -> o.put("code", "VALIDATION_ERROR"))),
            invalid("code-in-small-letters", a -> a.edited(o -> o.put("code", "invalid_request"))),
            invalid(
                    "exception-in-message",
                    a -> a.edited(o -> o.put(
                            "message",
                            "com.fasterxml.jackson.databind.exc.MismatchedInputException: "
                                    + o.path("message").asText()))),
            invalid(
                    "path-in-message",
                    a -> a.edited(o ->
                            o.put("message", o.path("message").asText() + " (see /opt/worker/config/limits.yaml)"))),
            invalid(
                    "address-in-message",
                    a -> a.edited(
                            o -> o.put("message", o.path("message").asText() + " <Request object at 0x7f3c2a91d0a0>"))),
            invalid("message-of-no-use", a -> a.edited(o -> o.put("message", "Invalid value."))),
            invalid(
                    "range-not-named",
                    a -> a.edited(o -> o.put("message", o.path("field").asText() + " is out of range."))),
            invalid(
                    "message-of-two-lines",
                    a -> a.edited(o -> o.put(
                            "message",
                            "1 validation error for ExecuteRequest\n"
                                    + o.path("message").asText()))),
            Map.entry("opaque-500-for-top-p", () -> new OpaqueTopP()),
            Map.entry("null-body-500", () -> body(b -> b.strip().equals("null"), 500)),
            Map.entry("array-body-500", () -> body(b -> b.strip().startsWith("["), 500)),
            Map.entry("nan-500", () -> body(b -> b.contains("NaN") || b.contains("Infinity"), 500)),
            Map.entry(
                    "truncated-body-hangs",
                    () -> hangs(b -> b.startsWith("{") && !b.strip().endsWith("}"))),
            Map.entry("empty-body-hangs", () -> hangs(String::isBlank)),
            Map.entry("malformed-json-aborts", Death::ofMalformedJson),
            Map.entry("token-ids-outside-kill", Death::ofTokenIds));

    private ErrorFaults() {}

    private static Map.Entry<String, Supplier<TrafficChange>> invalid(String id, UnaryOperator<SmallAnswer> change) {
        return Map.entry(id, () -> AnswerChange.invalid(change));
    }

    /** As a Python framework refuses what its model of the request does not fit. */
    private static SmallAnswer pydantic(SmallAnswer own) {
        return SmallAnswer.json(
                422,
                "{\"detail\":[{\"type\":\"value_error\",\"loc\":[\"body\",\"" + own.text("field")
                        + "\"],\"msg\":\"Input should be valid\",\"input\":null}]}");
    }

    private static String html(String title) {
        return "<html><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>";
    }

    private static String escaped(String text) {
        return text.replace("\"", "\\\"").replace("\n", "\\n");
    }

    private static TrafficChange body(Predicate<String> which, int status) {
        return AnswerChange.of(
                request -> request.path().equals("/execute") && which.test(Bodies.text(request)),
                (_, _) -> Optional.of(SmallAnswer.json(status, "{\"detail\":\"Internal Server Error\"}")));
    }

    private static TrafficChange hangs(Predicate<String> which) {
        return Bodies.silent(request -> request.is("POST", "/execute") && which.test(Bodies.text(request)));
    }

    /** top_p out of its range is an opaque 500, and any temperature is served. */
    private static final class OpaqueTopP implements TrafficChange {
        private final TrafficChange hot = Repair.json(o -> {
            boolean over =
                    o.path("temperature").isNumber() && o.path("temperature").doubleValue() > 2;
            if (over) {
                o.put("temperature", 2.0);
            }
            return over;
        });
        private final TrafficChange opaque = AnswerChange.invalid(a ->
                a.text("field").equals("top_p") ? SmallAnswer.json(500, "{\"error\":\"Internal Server Error\"}") : a);

        @Override
        public void handle(Passage passage) throws IOException, InterruptedException {
            boolean asksHot = passage.request()
                    .json()
                    .filter(o -> o.path("temperature").doubleValue() > 2)
                    .isPresent();
            (asksHot ? hot : opaque).handle(passage);
        }
    }
}
