package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.RequestRecord;
import dev.touchstone.harness.verdict.Verdict;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Judges the form of a refusal before any event: status, JSON body, and no event stream. */
public final class ErrorForm {
    private ErrorForm() {}

    /**
     * @param status the only status that the rule accepts
     * @param code the only code that the rule accepts
     * @param field the field that the body must blame, where one is at fault
     */
    public static Verdict judge(String rule, Exchange exchange, int status, String code, Optional<String> field) {
        var findings = new Findings(rule);
        if (exchange.head().isEmpty() || exchange.status() != status) {
            // Other rules say in their own words what was asked.
            String subject = rule.startsWith("ER-") ? subject(exchange, field) : "";
            findings.add("status " + status + subject, Shown.answer(exchange));
        }
        if (exchange.head().isEmpty()) {
            return findings.broken();
        }
        String type = header(exchange, "Content-Type");
        if (!type.toLowerCase(Locale.ROOT).split(";")[0].strip().equals("application/json")) {
            findings.add("Content-Type application/json", "it was " + type);
        }
        Optional<Fields> body = Fields.of(exchange.bodyText());
        if (body.isEmpty()) {
            findings.add("one JSON object as the body", "it was " + Shown.body(exchange));
            return findings.broken();
        }
        members(body.get(), code, field, findings);
        ErrorWords.trace(exchange.bodyText())
                .ifPresent(part -> findings.add("no stack trace in the body", "there was " + Shown.quoted(part)));
        return findings.orHeld("status %d, code %s, field %s"
                .formatted(status, code, body.get().shown("field")));
    }

    /**
     * Judges the refusal of an invalid value by the form of the dialect that it was asked in.
     *
     * @param field which the native form must blame
     */
    public static Verdict invalid(String rule, Exchange exchange, String field) {
        if (!OpenAiReading.applies(exchange)) {
            return judge(rule, exchange, 400, "INVALID_REQUEST", Optional.of(field));
        }
        var findings = new Findings(rule);
        if (exchange.status() != 400) {
            return findings.add("status 400", Shown.answer(exchange)).broken();
        }
        boolean said = Fields.of(exchange.bodyText())
                .flatMap(f -> f.object("error"))
                .flatMap(f -> f.string("message"))
                .isPresent();
        if (!said) {
            findings.add("{error: {message, ...}} as the body", "it was " + Shown.body(exchange));
        }
        return findings.orHeld("status 400 with an error object");
    }

    /**
     * Judges a request that a worker may read in its own way, or refuse.
     *
     * @param asked what was asked, such as {@code a request without Content-Type}
     * @param statuses by which it may be refused
     */
    public static Verdict servedOrRefused(String rule, Exchange exchange, String asked, Set<Integer> statuses) {
        if (exchange.status() == 200) {
            return new Verdict.Held(rule, asked + " was served");
        }
        if (exchange.head().isPresent() && statuses.contains(exchange.status())) {
            return judge(rule, exchange, exchange.status(), "INVALID_REQUEST", Optional.empty());
        }
        return new Findings(rule)
                .add(asked + " to be served or refused", Shown.answer(exchange))
                .broken();
    }

    /** Judges ER-03's demand that a 405 names the method that the route takes. */
    public static Verdict allows(Exchange exchange, String method) {
        var findings = new Findings("ER-03");
        String allow = header(exchange, "Allow");
        if (!allow.toUpperCase(Locale.ROOT).matches(".*\\b" + method + "\\b.*")) {
            findings.add("Allow with " + method, "it was " + allow);
        }
        return findings.orHeld("Allow: " + allow);
    }

    /** Whether the worker read the body: it served it, or refused it by the native error form with 400. */
    public static boolean isAnswerToContent(Exchange exchange) {
        return exchange.status() == 200
                || (exchange.status() == 400
                        && Fields.of(exchange.bodyText())
                                .filter(f -> f.has("code"))
                                .isPresent());
    }

    private static void members(Fields body, String code, Optional<String> field, Findings findings) {
        if (body.string("code").filter(code::equals).isEmpty()) {
            findings.add("code " + code, "it was " + body.shown("code"));
        }
        if (body.string("message").filter(m -> !m.isBlank()).isEmpty()) {
            findings.add("message, one sentence", "it was " + body.shown("message"));
        }
        if (body.bool("retriable").isEmpty()) {
            findings.add("retriable, true or false", "it was " + body.shown("retriable"));
        }
        field.filter(name -> body.string("field").filter(name::equals).isEmpty())
                .ifPresent(name -> findings.add("field " + name, "it was " + body.shown("field")));
    }

    /** What was asked, in a few words: the value at fault, the body that is none, else the route. */
    private static String subject(Exchange exchange, Optional<String> field) {
        RequestRecord request = exchange.request();
        String text = new String(request.body(), StandardCharsets.UTF_8);
        Optional<Fields> body = Fields.of(text);
        if (field.isPresent() && body.isPresent()) {
            return body.get().has(field.get())
                    ? " for %s %s".formatted(field.get(), body.get().shown(field.get()))
                    : " for a request without " + field.get();
        }
        return text.isEmpty() || body.isPresent()
                ? " for %s %s"
                        .formatted(request.method(), URI.create(request.url()).getPath())
                : " for the body " + Shown.quoted(text);
    }

    private static String header(Exchange exchange, String name) {
        return exchange.head().flatMap(h -> h.header(name)).orElse("absent");
    }
}
