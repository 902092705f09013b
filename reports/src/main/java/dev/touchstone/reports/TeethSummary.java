package dev.touchstone.reports;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a run of {@code teeth} comes to, in plain words, for the page and the Markdown alike. */
final class TeethSummary {

    /** What is known of one way to break a promise, from best to worst. */
    enum Cover {
        NAMED,
        UNSEEN,
        NOT_RUN,
        NOT_NAMED,
        NO_FAULT
    }

    /** One way to break a promise that no fault shows, and in what manner. */
    record Gap(String id, String level, String phrase, String why) {}

    private final Teeth teeth;
    private final Map<String, Teeth.Fault> faults;

    TeethSummary(Teeth teeth) {
        this.teeth = teeth;
        this.faults = teeth.faultsById();
    }

    /** Nothing is to be mended, and something was looked at. */
    boolean isGood() {
        Teeth.Totals t = teeth.totals();
        return t.faults() + t.innocents() > 0
                && t.killed() == t.faults()
                && t.quiet() == t.innocents()
                && disagreement().isEmpty()
                && gaps().isEmpty()
                && bugGaps().isEmpty();
    }

    String headline() {
        int gaps = gaps().size() + bugGaps().size();
        String holes = "; %d %s no fault";
        return broken() + "; " + innocent()
                + (gaps == 0 ? "" : holes.formatted(gaps, gaps == 1 ? "promise or bug has" : "promises or bugs have"))
                + ".";
    }

    private String broken() {
        Teeth.Totals t = teeth.totals();
        if (t.faults() == 0) {
            return "No broken worker was run";
        }
        List<String> rest = new ArrayList<>();
        if (t.survived() > 0) {
            rest.add(t.survived() + " survived");
        }
        if (t.voids() > 0) {
            rest.add(t.voids() + (t.voids() == 1 ? " is" : " are") + " void");
        }
        return "%d of %d broken %s %s named%s"
                .formatted(
                        t.killed(),
                        t.faults(),
                        t.faults() == 1 ? "worker" : "workers",
                        t.killed() == 1 ? "was" : "were",
                        rest.isEmpty() ? "" : " (" + String.join(", ", rest) + ")");
    }

    private String innocent() {
        Teeth.Totals t = teeth.totals();
        if (t.innocents() == 0) {
            return "no odd but legal worker was tried";
        }
        if (t.quiet() == t.innocents()) {
            return "%s odd but legal %s not blamed"
                    .formatted(t.innocents(), t.innocents() == 1 ? "worker was" : "workers were");
        }
        List<String> wrong = new ArrayList<>();
        if (t.falseAlarms() > 0) {
            wrong.add(t.falseAlarms() + (t.falseAlarms() == 1 ? " was" : " were") + " blamed");
        }
        if (t.innocentsVoid() > 0) {
            wrong.add(t.innocentsVoid() + (t.innocentsVoid() == 1 ? " is" : " are") + " void");
        }
        return "of %d odd but legal %s, %s"
                .formatted(
                        t.innocents(),
                        t.innocents() == 1 ? "worker" : "workers",
                        wrong.isEmpty() ? "only %d stayed unblamed".formatted(t.quiet()) : String.join(" and ", wrong));
    }

    /** Whether the totals of the file differ from its entries: then neither can be trusted. */
    Optional<String> disagreement() {
        Teeth.Totals told = teeth.totals();
        Teeth.Totals counted = new Teeth.Totals(
                teeth.faults().size(),
                teeth.faultsThat("killed").size(),
                teeth.faultsThat("survived").size(),
                teeth.faultsThat("void").size(),
                teeth.innocents().size(),
                teeth.innocentsThat("quiet").size(),
                teeth.innocentsThat("false_alarm").size(),
                teeth.innocentsThat("void").size());
        return told.equals(counted)
                ? Optional.empty()
                : Optional.of("The totals of teeth.json do not agree with its entries: %s, but there are %s."
                        .formatted(spoken(told), spoken(counted)));
    }

    private static String spoken(Teeth.Totals t) {
        return "%d faults (%d killed, %d survived, %d void) and %d innocents (%d quiet, %d false alarms, %d void)"
                .formatted(
                        t.faults(),
                        t.killed(),
                        t.survived(),
                        t.voids(),
                        t.innocents(),
                        t.quiet(),
                        t.falseAlarms(),
                        t.innocentsVoid());
    }

    /** What was run, when, where and how long. */
    String circumstances() {
        Teeth.Run run = teeth.run();
        List<String> parts = new ArrayList<>();
        parts.add(
                switch (run.tier()) {
                    case "all" -> "The whole catalogue";
                    case "fast" -> "The fast tier only";
                    case "selected" -> "A selection only";
                    default -> "An unknown part of the catalogue";
                });
        parts.add(run.noise() ? "on a machine kept busy on purpose" : "on an idle machine");
        parts.add(
                run.startedAt().isEmpty()
                        ? "at an unknown time"
                        : "started " + run.startedAt().replaceAll("\\.\\d+Z$", "Z"));
        parts.add("took " + duration(run.durationMs()));
        parts.add(run.rounds() == 1 ? "innocents in 1 round" : "innocents in " + run.rounds() + " rounds");
        parts.add(run.lanes() == 1 ? "one worker at a time" : run.lanes() + " workers side by side");
        if (!run.os().isEmpty()) {
            parts.add("on " + run.os() + ", " + run.cores() + " cores, Java " + run.java());
        }
        parts.add(run.tool().isEmpty() ? "by an unknown tool" : "by " + run.tool());
        return String.join(", ", parts) + ".";
    }

    Cover cover(Teeth.Phrase phrase) {
        if (phrase.killed()) {
            return Cover.NAMED;
        }
        if (!phrase.unseen().isEmpty()) {
            return Cover.UNSEEN;
        }
        if (phrase.faults().isEmpty()) {
            return Cover.NO_FAULT;
        }
        return phrase.faults().stream().anyMatch(faults::containsKey) ? Cover.NOT_NAMED : Cover.NOT_RUN;
    }

    /** Phrases that no fault shows, though nobody says that they cannot be seen. */
    List<Gap> gaps() {
        List<Gap> gaps = new ArrayList<>();
        for (Teeth.Promise promise : teeth.ledger()) {
            for (Teeth.Phrase phrase : promise.phrases()) {
                gap(phrase).ifPresent(why -> gaps.add(new Gap(promise.id(), promise.level(), phrase.phrase(), why)));
            }
        }
        return List.copyOf(gaps);
    }

    /** A phrase whose faults survived or are void is no gap: those stand in the list of troubles by themselves. */
    private Optional<String> gap(Teeth.Phrase phrase) {
        return switch (cover(phrase)) {
            case NO_FAULT -> Optional.of("no fault shows it");
            case NOT_NAMED ->
                phrase.faults().stream().allMatch(this::isKilledOrNotRun)
                        ? Optional.of("its faults were named for other promises only")
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    private boolean isKilledOrNotRun(String fault) {
        return Optional.ofNullable(faults.get(fault)).map(Teeth.Fault::isKilled).orElse(true);
    }

    List<Teeth.FieldBug> bugGaps() {
        return teeth.bugs().stream().filter(Teeth.FieldBug::isGap).toList();
    }

    long phrases(Cover cover) {
        return teeth.ledger().stream()
                .flatMap(p -> p.phrases().stream())
                .filter(phrase -> cover(phrase) == cover)
                .count();
    }

    long bugs(Cover cover) {
        return teeth.bugs().stream().filter(bug -> cover(bug) == cover).count();
    }

    Cover cover(Teeth.FieldBug bug) {
        return cover(new Teeth.Phrase(bug.bug(), bug.faults(), bug.killed(), bug.unseen()));
    }

    /** "0.8 s", "12 s", "3 min 20 s". */
    static String duration(double millis) {
        long seconds = Math.round(millis / 1000);
        if (seconds < 10) {
            return String.format(Locale.ROOT, "%.1f s", millis / 1000);
        }
        return seconds < 120 ? seconds + " s" : "%d min %d s".formatted(seconds / 60, seconds % 60);
    }
}
