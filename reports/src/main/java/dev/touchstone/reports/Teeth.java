package dev.touchstone.reports;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** One run of {@code teeth}, as its file tells it. Text may hold whatever a worker sent. */
record Teeth(
        Run run,
        Totals totals,
        List<Fault> faults,
        List<Innocent> innocents,
        List<Unseen> unseen,
        List<Promise> ledger,
        List<FieldBug> bugs) {

    record Run(
            String tool,
            String startedAt,
            double durationMs,
            String tier,
            boolean noise,
            int rounds,
            int lanes,
            String os,
            String cores,
            String java) {}

    record Totals(
            int faults,
            int killed,
            int survived,
            int voids,
            int innocents,
            int quiet,
            int falseAlarms,
            int innocentsVoid) {}

    /** @param outcome killed, survived or void */
    record Fault(
            String id,
            String layer,
            String what,
            String outcome,
            String reason,
            String intermittent,
            String dialect,
            boolean recorded,
            List<BugSource> bugs,
            List<Tooth> teeth,
            long fired,
            double durationMs,
            boolean twinClean,
            String twinWords,
            List<Judged> requirements) {

        boolean isKilled() {
            return outcome.equals("killed");
        }

        /** The requirement under which a reader looks for it. */
        String home() {
            return requirements.stream()
                    .map(Judged::id)
                    .findFirst()
                    .or(() -> teeth.stream().map(Tooth::requirement).findFirst())
                    .orElse("");
        }
    }

    record BugSource(String id, String bug, String source) {}

    record Tooth(String requirement, String phrase) {}

    /** How the kit judged one requirement that the fault should break; {@code fragment} is how it must name it. */
    record Judged(
            String id,
            String level,
            String text,
            String fragment,
            String verdict,
            boolean named,
            List<Finding> findings) {}

    record Finding(String scenario, String name, String expected, String actual, List<String> evidence) {}

    /** @param outcome quiet, false_alarm or void */
    record Innocent(
            String id,
            String what,
            String source,
            String layer,
            String selection,
            String dialect,
            int rounds,
            int requirementsJudged,
            String outcome,
            String reason,
            long fired,
            double durationMs,
            List<Alarm> alarms) {}

    record Alarm(String id, String round, String expected, String actual, String scenario, String name) {}

    record Unseen(String kind, String id, String phrase, String why) {}

    record Promise(String id, String level, String areaTitle, String text, List<Phrase> phrases) {

        String area() {
            return areaOf(id);
        }
    }

    /** What is known of one way to break a promise. */
    record Phrase(String phrase, List<String> faults, boolean killed, String unseen) {}

    record FieldBug(
            String id, String area, String bug, String source, List<String> faults, boolean killed, String unseen) {

        boolean isGap() {
            return faults.isEmpty() && unseen.isEmpty();
        }
    }

    Map<String, Fault> faultsById() {
        return faults.stream().collect(Collectors.toMap(Fault::id, Function.identity(), (first, second) -> first));
    }

    List<Fault> faultsThat(String outcome) {
        return faults.stream().filter(f -> f.outcome().equals(outcome)).toList();
    }

    List<Innocent> innocentsThat(String outcome) {
        return innocents.stream().filter(i -> i.outcome().equals(outcome)).toList();
    }

    /** The words of a promise: the ledger's, else those that came with a fault that breaks it. */
    String textOf(String requirement) {
        Optional<String> told = ledger.stream()
                .filter(p -> p.id().equals(requirement) && !p.text().isEmpty())
                .map(Promise::text)
                .findFirst();
        return told.or(() -> faults.stream()
                        .flatMap(f -> f.requirements().stream())
                        .filter(r -> r.id().equals(requirement))
                        .map(Judged::text)
                        .findFirst())
                .orElse("");
    }

    /** "EV" of "EV-02". */
    static String areaOf(String requirement) {
        int dash = requirement.indexOf('-');
        return dash < 0 ? requirement : requirement.substring(0, dash);
    }
}
