package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Judges SE-05: no route and no error body tells of other jobs or of the worker's inside. */
public final class Secrecy {
    private static final String RULE = "SE-05";
    private static final Pattern PATH = Pattern.compile(
            "(?<![\\w/.-])/(home|Users|usr|opt|root|tmp|var|etc|mnt|srv|data|models|workspace)/[\\w.@-]+"
                    // wherever it lies, a file of such a kind is one of the worker's own
                    + "|(?<![\\w/.:-])(/[\\w.@+-]+){2,}\\.(gguf|safetensors|bin|py|jar|so|cpp|cu)\\b"
                    + "|\\b[A-Za-z]:\\\\{1,2}(Users|Program)");
    private static final Pattern TRACE = Pattern.compile("Traceback \\(most recent call last\\)"
            + "|\\bat [\\w.$]+\\([\\w]+\\.(java|kt|scala):\\d+\\)|\\.(java|py|rs|cpp|go|js):\\d+");
    private static final Pattern CLASS = Pattern.compile("\\b([a-z_]\\w*\\.){2,}\\$?[A-Z]\\w*|\\b\\w+Exception\\b"
            + "|\\b(Runtime|Value|Type|Key|Attribute|Assertion)Error\\b|\\bpanicked at\\b|\\bstd::\\w+");

    private Secrecy() {}

    /**
     * @param routes answers of well-known routes, asked while the job ran and after it
     * @param errors answers that are to be errors
     * @param secrets parts of the job's prompt and text
     */
    public static Verdict judge(List<Exchange> routes, List<Exchange> errors, List<String> secrets) {
        var findings = new Findings(RULE);
        routes.forEach(answer -> {
            secrets(answer, secrets, findings);
            // What a route tells on purpose may well name a type; a path or a trace it has no reason to tell.
            inside(answer, PATH, "absolute path", findings);
            inside(answer, TRACE, "stack trace", findings);
        });
        errors.stream().filter(e -> e.status() >= 400).forEach(answer -> {
            secrets(answer, secrets, findings);
            inside(answer, PATH, "absolute path", findings);
            inside(answer, TRACE, "stack trace", findings);
            inside(answer, CLASS, "class name", findings);
        });
        boolean looked = routes.stream().anyMatch(r -> r.head().isPresent())
                && errors.stream().anyMatch(e -> e.status() >= 400);
        return looked
                ? findings.orHeld(
                        "%d answers of well-known routes and %d error bodies tell nothing of another job's text"
                                        .formatted(routes.size(), errors.size())
                                + " or of the worker's inside")
                : findings.orInconclusive("no route answered, or no request was refused");
    }

    private static void secrets(Exchange answer, List<String> secrets, Findings findings) {
        String body = answer.bodyText();
        secrets.stream()
                .filter(body::contains)
                .findFirst()
                .ifPresent(secret -> findings.add(
                        "nothing of another job's prompt or text from " + answer.label(),
                        "there was " + Shown.quoted(secret)));
    }

    private static void inside(Exchange answer, Pattern pattern, String what, Findings findings) {
        pattern.matcher(answer.bodyText())
                .results()
                .map(MatchResult::group)
                .findFirst()
                .ifPresent(part -> findings.add(
                        "no %s in the answer of %s".formatted(what, answer.label()),
                        "there was " + Shown.quoted(part)));
    }
}
