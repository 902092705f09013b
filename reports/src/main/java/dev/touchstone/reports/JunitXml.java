package dev.touchstone.reports;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** JUnit XML in the dialect that GitHub, GitLab and Jenkins readers share: one suite a feature, one case a scenario. */
final class JunitXml {
    private final Results results;

    JunitXml(Results results) {
        this.results = results;
    }

    String text() {
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        xml.append("<testsuites name=\"touchstone\" ")
                .append(counts(results.scenarios()))
                .append(">\n");
        byFeature().forEach((feature, scenarios) -> suite(xml, feature, scenarios));
        return xml.append("</testsuites>\n").toString();
    }

    private Map<String, List<Results.Scenario>> byFeature() {
        return results.scenarios().stream()
                .collect(Collectors.groupingBy(Results.Scenario::feature, LinkedHashMap::new, Collectors.toList()));
    }

    private void suite(StringBuilder xml, String feature, List<Results.Scenario> scenarios) {
        xml.append("  <testsuite name=\"").append(escape(feature)).append("\" ").append(counts(scenarios));
        xml.append(" timestamp=\"").append(scenarios.getFirst().start()).append("\">\n    <properties>\n");
        for (String member : List.of("url", "dialect", "model")) {
            String value = results.root().path("target").path(member).asText("");
            xml.append("      <property name=\"target.%s\" value=\"%s\"/>\n".formatted(member, escape(value)));
        }
        xml.append("    </properties>\n");
        scenarios.forEach(scenario -> testCase(xml, scenario));
        xml.append("  </testsuite>\n");
    }

    private void testCase(StringBuilder xml, Results.Scenario scenario) {
        String name = String.join(" ", scenario.requirements()) + " " + scenario.name();
        xml.append("    <testcase classname=\"%s\" name=\"%s\" time=\"%s\""
                .formatted(escape(scenario.feature()), escape(name.strip()), seconds(scenario.durationMs())));
        if (scenario.isPassed()) {
            xml.append("/>\n");
            return;
        }
        String message = escape(scenario.headline());
        String curl = escape(scenario.curl());
        xml.append(">\n      ");
        switch (results.isExpected(scenario) ? "expected" : scenario.verdict()) {
            case "expected" -> xml.append("<skipped message=\"expected to be broken: %s\"/>".formatted(message));
            case "broken" ->
                xml.append(
                        "<failure message=\"%s\" type=\"broken\">%s\n%s</failure>".formatted(message, message, curl));
            case "unsupported", "inconclusive" -> xml.append("<skipped message=\"%s\"/>".formatted(message));
            default -> xml.append("<error message=\"%s\" type=\"kit_error\">%s</error>".formatted(message, curl));
        }
        xml.append("\n    </testcase>\n");
    }

    private String counts(List<Results.Scenario> scenarios) {
        long expected = scenarios.stream().filter(results::isExpected).count();
        long failures = count(scenarios, "broken") - expected;
        long skipped = count(scenarios, "unsupported") + count(scenarios, "inconclusive") + expected;
        long passed = scenarios.stream().filter(Results.Scenario::isPassed).count();
        double millis =
                scenarios.stream().mapToDouble(Results.Scenario::durationMs).sum();
        return "tests=\"%d\" failures=\"%d\" errors=\"%d\" skipped=\"%d\" time=\"%s\""
                .formatted(
                        scenarios.size(),
                        failures,
                        scenarios.size() - failures - skipped - passed,
                        skipped,
                        seconds(millis));
    }

    private static long count(List<Results.Scenario> scenarios, String verdict) {
        return scenarios.stream().filter(s -> s.verdict().equals(verdict)).count();
    }

    private static String seconds(double millis) {
        return String.format(Locale.ROOT, "%.3f", millis / 1000);
    }

    /** XML 1.0 has no way to write most control characters or lone surrogates, so they show as U+FFFD. */
    static String escape(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\n', '\r', '\t' -> out.append("&#").append(c).append(';');
                default -> out.appendCodePoint(isXml(c) ? c : 0xFFFD);
            }
        });
        return out.toString();
    }

    private static boolean isXml(int c) {
        return c >= 0x20 && !(c >= 0xD800 && c <= 0xDFFF) && c != 0xFFFE && c != 0xFFFF;
    }
}
