package dev.touchstone.harness.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the Prometheus text exposition format, version 0.0.4, strictly, as the Prometheus documentation
 * ("Exposition formats") and OpenMetrics' rules for counters and histograms describe it. Immutable once read.
 */
final class MetricsText {
    private static final Pattern COMMENT = Pattern.compile("# (HELP|TYPE) (\\S+) ?(.*)");
    private static final Pattern SAMPLE =
            Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{.*\\})?[ \\t]+(\\S+)([ \\t]+-?\\d+)?[ \\t]*");
    private static final Pattern LABEL =
            Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\\n]|\\\\[\"\\\\n])*)\"(?:,|$)");
    private static final Set<String> TYPES = Set.of("counter", "gauge", "histogram", "summary", "untyped");

    /** One line. */
    record Sample(String name, Map<String, String> labels, double value) {}

    private final List<Sample> samples = new ArrayList<>();
    private final Map<String, String> types = new HashMap<>();
    private final Set<String> helped = new HashSet<>();
    private final Set<String> closed = new HashSet<>();
    private final List<String> problems = new ArrayList<>();
    private String family = "";

    private MetricsText() {}

    static MetricsText of(String body) {
        var text = new MetricsText();
        if (!body.isEmpty() && !body.endsWith("\n")) {
            text.problems.add("the last line does not end with a line feed");
        }
        body.lines().forEach(text::line);
        text.duplicates();
        new MetricsHistograms(text.samples, text.types).problems().forEach(text.problems::add);
        return text;
    }

    /** What departs from the format, with the line. */
    List<String> problems() {
        return problems;
    }

    Optional<String> type(String name) {
        return Optional.ofNullable(types.get(name));
    }

    boolean has(String name) {
        return samples.stream().anyMatch(s -> s.name().equals(name));
    }

    /** The values of a family by one label's value, added up over the other labels. */
    Map<String, Double> by(String name, String label) {
        Map<String, Double> values = new LinkedHashMap<>();
        samples.stream()
                .filter(s -> s.name().equals(name) && s.labels().containsKey(label))
                .forEach(s -> values.merge(s.labels().getOrDefault(label, ""), s.value(), Double::sum));
        return values;
    }

    /** The sum of all samples of that name. */
    double sum(String name) {
        return samples.stream()
                .filter(s -> s.name().equals(name))
                .mapToDouble(Sample::value)
                .sum();
    }

    private void line(String line) {
        if (line.isBlank()) {
            return;
        }
        if (line.startsWith("#")) {
            comment(line);
            return;
        }
        Matcher matcher = SAMPLE.matcher(line);
        Optional<Double> value = matcher.matches() ? number(matcher.group(3)) : Optional.empty();
        if (value.isEmpty()) {
            problems.add("no sample: " + Shown.quoted(line));
            return;
        }
        String labels = matcher.group(2);
        sample(new Sample(matcher.group(1), labels == null ? Map.of() : labels(labels, line), value.get()), line);
    }

    private void comment(String line) {
        Matcher matcher = COMMENT.matcher(line);
        if (!matcher.matches()) {
            if (line.startsWith("# TYPE") || line.startsWith("# HELP")) {
                problems.add("a malformed comment: " + Shown.quoted(line));
            }
            return; // any other comment is legal
        }
        String name = matcher.group(2);
        enter(name, line);
        if (matcher.group(1).equals("HELP")) {
            if (!helped.add(name)) {
                problems.add("a second HELP for " + name);
            }
            return;
        }
        if (!TYPES.contains(matcher.group(3).strip())) {
            problems.add("an unknown type: " + Shown.quoted(line));
        }
        if (types.put(name, matcher.group(3).strip()) != null) {
            problems.add("a second TYPE for " + name);
        }
        if (samples.stream().anyMatch(s -> s.name().equals(name))) {
            problems.add("TYPE after the first sample of " + name);
        }
    }

    private void sample(Sample sample, String line) {
        enter(familyOf(sample.name()), line);
        samples.add(sample);
        String type = types.getOrDefault(familyOf(sample.name()), "untyped");
        if (type.equals("counter") && !(sample.value() >= 0)) {
            problems.add("a counter below 0: " + Shown.quoted(line));
        }
    }

    /** Lines of one family stand together. */
    private void enter(String name, String line) {
        if (!name.equals(family)) {
            closed.add(family);
            if (closed.contains(name)) {
                problems.add("a line apart from the others of its family: " + Shown.quoted(line));
            }
            family = name;
        }
    }

    private String familyOf(String sample) {
        for (String suffix : List.of("_bucket", "_sum", "_count")) {
            String base = sample.endsWith(suffix) ? sample.substring(0, sample.length() - suffix.length()) : sample;
            String type = types.getOrDefault(base, "");
            if (!base.equals(sample) && (type.equals("histogram") || type.equals("summary"))) {
                return base;
            }
        }
        return sample;
    }

    private Map<String, String> labels(String braces, String line) {
        String inside = braces.substring(1, braces.length() - 1);
        Map<String, String> labels = new LinkedHashMap<>();
        Matcher matcher = LABEL.matcher(inside);
        int at = 0;
        while (at < inside.length() && matcher.find(at) && matcher.start() == at) {
            if (labels.put(matcher.group(1), matcher.group(2)) != null) {
                problems.add("a label twice: " + Shown.quoted(line));
            }
            at = matcher.end();
        }
        if (at < inside.length()) {
            problems.add("malformed labels: " + Shown.quoted(line));
        }
        return labels;
    }

    private void duplicates() {
        Set<String> seen = new HashSet<>();
        samples.stream()
                .filter(s -> !seen.add(s.name() + new TreeMap<>(s.labels())))
                .forEach(s -> problems.add("the sample %s%s twice".formatted(s.name(), s.labels())));
    }

    static Optional<Double> number(String text) {
        return switch (text) {
            case "+Inf" -> Optional.of(Double.POSITIVE_INFINITY);
            case "-Inf" -> Optional.of(Double.NEGATIVE_INFINITY);
            case "NaN" -> Optional.of(Double.NaN);
            default ->
                text.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?")
                        ? Optional.of(Double.parseDouble(text))
                        : Optional.empty();
        };
    }
}
