package dev.touchstone.harness.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks at histograms of an exposition: buckets in order, never falling, and +Inf equal to the count. */
record MetricsHistograms(List<MetricsText.Sample> samples, Map<String, String> types) {

    List<String> problems() {
        List<String> problems = new ArrayList<>();
        types.forEach((name, type) -> {
            if (type.equals("histogram")) {
                series(name).forEach((labels, buckets) -> one(name, labels, buckets, problems));
                if (series(name).isEmpty()) {
                    problems.add("the histogram " + name + " without a bucket");
                }
            }
        });
        return problems;
    }

    /** The buckets of each combination of the other labels. */
    private Map<Map<String, String>, List<MetricsText.Sample>> series(String name) {
        Map<Map<String, String>, List<MetricsText.Sample>> series = new LinkedHashMap<>();
        samples.stream().filter(s -> s.name().equals(name + "_bucket")).forEach(s -> {
            var others = new LinkedHashMap<>(s.labels());
            others.remove("le");
            series.computeIfAbsent(others, _ -> new ArrayList<>()).add(s);
        });
        return series;
    }

    private void one(String name, Map<String, String> labels, List<MetricsText.Sample> buckets, List<String> problems) {
        double bound = Double.NEGATIVE_INFINITY;
        double count = 0;
        for (MetricsText.Sample bucket : buckets) {
            double le = Optional.ofNullable(bucket.labels().get("le"))
                    .flatMap(MetricsText::number)
                    .orElse(Double.NaN);
            if (!(le > bound)) {
                problems.add("buckets of %s out of order, or without le, at le=%s"
                        .formatted(name, bucket.labels().get("le")));
            }
            if (bucket.value() < count) {
                problems.add("a bucket of %s that falls, at le=%s"
                        .formatted(name, bucket.labels().get("le")));
            }
            bound = le;
            count = bucket.value();
        }
        if (bound != Double.POSITIVE_INFINITY) {
            problems.add("the histogram %s without a bucket le=\"+Inf\" at its end".formatted(name));
        }
        Optional<Double> told = member(name + "_count", labels);
        if (told.isEmpty() || told.get() != count) {
            problems.add("%s_count %s, but its last bucket has %s"
                    .formatted(name, told.map(Object::toString).orElse("absent"), count));
        }
        if (member(name + "_sum", labels).isEmpty()) {
            problems.add("the histogram " + name + " without _sum");
        }
    }

    private Optional<Double> member(String name, Map<String, String> labels) {
        return samples.stream()
                .filter(s -> s.name().equals(name) && s.labels().equals(labels))
                .map(MetricsText.Sample::value)
                .findFirst();
    }
}
