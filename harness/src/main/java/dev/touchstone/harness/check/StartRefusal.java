package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Finding;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Judges LI-01 where a worker is started with something that it must refuse. */
public final class StartRefusal {
    private static final String RULE = "LI-01";
    /** What a program writes of itself where nobody caught its error: Java, Python, Rust, Go, C++. */
    private static final Pattern STACK_TRACE = Pattern.compile("^\\s+at [\\w.$/<>@-]+\\(.*\\)$"
            + "|^Exception in thread |^Caused by: |^Traceback \\(most recent call last\\)|^\\s*File \".*\", line \\d+"
            + "|panicked at |stack backtrace:|^goroutine \\d+ |terminate called |core dumped|Segmentation fault");

    /** A class name where a sentence should be, such as java.lang.NumberFormatException. */
    private static final Pattern EXCEPTION =
            Pattern.compile("\\b[a-z]\\w*(?:\\.\\w+)*\\.[A-Z]\\w*(?:Exception|Error)\\b");

    private static final Pattern WORD = Pattern.compile("\\p{L}{2,}");
    /** A line that also says what is wrong or accepted has at least so many words beside option and value. */
    private static final int LEAST_WORDS = 3;

    private StartRefusal() {}

    /**
     * A start with one bad thing.
     *
     * @param what was bad, in a few words, such as {@code a truncated model file}
     * @param option that gave it, such as {@code --model}; empty text for none
     * @param value as it was given
     * @param inner what within it is bad, which a line may name instead, such as an architecture; empty text for nothing
     * @param exitStatus none where the worker still ran when the kit stopped it
     * @param healthy whether it answered 200 to {@code GET /health}
     * @param output what it wrote, both streams
     */
    public record Start(
            String what,
            String option,
            String value,
            String inner,
            OptionalInt exitStatus,
            boolean healthy,
            String output) {}

    /** Judges starts, each bad in another way; {@code limit} is how long the kit waited for the end of each. */
    public static Verdict judge(List<Start> starts, Duration limit) {
        if (starts.isEmpty()) {
            return new Verdict.Inconclusive(RULE, "no bad start was tried");
        }
        var findings = new Findings(RULE);
        starts.forEach(start -> judge(start, limit, findings));
        return findings.orHeld("%d bad starts, each with exit status 1 and a line that names the value: %s"
                .formatted(
                        starts.size(),
                        String.join(", ", starts.stream().map(Start::what).toList())));
    }

    private static void judge(Start start, Duration limit, Findings findings) {
        String of = " for %s (%s)".formatted(start.what(), start.value());
        if (start.healthy()) {
            findings.add("exit status 1" + of, "the worker ignored it: it started and was healthy");
            return;
        }
        if (start.exitStatus().isEmpty()) {
            findings.add(
                    "an end within %d s".formatted(limit.toSeconds()) + of,
                    "the worker still ran; its last line was " + lastLine(start));
            return;
        }
        if (start.exitStatus().getAsInt() != 1) {
            findings.add("exit status 1" + of, "it was " + start.exitStatus().getAsInt());
        }
        Optional<String> trace = start.output()
                .lines()
                .filter(line -> STACK_TRACE.matcher(line).find())
                .findFirst();
        if (trace.isPresent()) {
            findings.add("no stack trace" + of, "it wrote " + Shown.quoted(trace.get()));
            return;
        }
        line(start, of).ifPresent(findings::add);
    }

    private static Optional<Finding> line(Start start, String of) {
        List<String> naming =
                start.output().lines().filter(line -> names(line, start)).toList();
        if (naming.isEmpty()) {
            return Optional.of(Finding.of("a line that names the value" + of, "the last line was " + lastLine(start)));
        }
        return naming.stream().anyMatch(line -> says(line, start))
                ? Optional.empty()
                : Optional.of(Finding.of(
                        "a line that also says, in words, what is accepted" + of,
                        "it was " + Shown.quoted(naming.getLast())));
    }

    /** A path may be shortened to the file's name. */
    private static boolean names(String line, Start start) {
        return names(line, name(start)) || (!start.inner().isEmpty() && names(line, start.inner()));
    }

    private static boolean names(String line, String value) {
        return Pattern.compile("(?<![\\w.-])" + Pattern.quote(value) + "(?![\\w-])")
                .matcher(line)
                .find();
    }

    private static boolean says(String line, Start start) {
        String rest = line.replace(start.value(), " ").replace(name(start), " ");
        return !EXCEPTION.matcher(line).find()
                && WORD.matcher(start.option().isEmpty() ? rest : rest.replace(start.option(), " "))
                                .results()
                                .count()
                        >= LEAST_WORDS;
    }

    private static String name(Start start) {
        return start.value().substring(start.value().lastIndexOf('/') + 1);
    }

    private static String lastLine(Start start) {
        return start.output()
                .lines()
                .filter(line -> !line.isBlank())
                .reduce((before, after) -> after)
                .map(Shown::quoted)
                .orElse("nothing at all");
    }
}
