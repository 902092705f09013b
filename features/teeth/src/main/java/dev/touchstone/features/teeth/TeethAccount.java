package dev.touchstone.features.teeth;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Tells a person at a terminal how the teeth do. Its methods are called one at a time. */
final class TeethAccount {

    private static final int EVERY = 20;

    private final PrintWriter out;
    private final Chosen chosen;
    private final boolean noise;
    private final int lanes;
    private int done;

    TeethAccount(PrintWriter out, Chosen chosen, boolean noise, int lanes) {
        this.out = out;
        this.chosen = chosen;
        this.noise = noise;
        this.lanes = lanes;
    }

    void begin() {
        out.println("Touchstone teeth: " + chosen.faults().size() + " broken workers to be named, "
                + chosen.innocents().size() + " odd ones not to be blamed; " + lanes
                + (lanes == 1 ? " lane" : " lanes") + (noise ? ", every core kept busy" : ""));
        out.println();
        out.flush();
    }

    void result(Object result) {
        done++;
        switch (result) {
            case TrialResult trial -> trial(trial);
            case InnocentResult innocent -> innocent(innocent);
            default -> throw new IllegalArgumentException("no result: " + result);
        }
        int all = chosen.faults().size() + chosen.innocents().size();
        if (done % EVERY == 0 && done < all) {
            out.println("  " + done + " of " + all + " judged");
        }
        out.flush();
    }

    private void trial(TrialResult trial) {
        boolean few = chosen.faults().size() + chosen.innocents().size() <= EVERY;
        switch (trial.outcome()) {
            case KILLED -> {
                if (few) {
                    out.println("  ✓ killed    " + trial.id() + time(trial.durationMillis()));
                    trial.requirements()
                            .forEach(named -> named.findings().stream()
                                    .findFirst()
                                    .ifPresent(found -> out.println("      " + named.id() + ": expected "
                                            + found.expected() + ", but " + found.actual())));
                    if (!trial.recorded().isEmpty()) {
                        out.println("      " + trial.recorded());
                    }
                }
            }
            case SURVIVED ->
                out.println("  ✗ SURVIVED  " + trial.id() + time(trial.durationMillis()) + "\n      " + trial.reason());
            case VOID ->
                out.println("  ! VOID      " + trial.id() + time(trial.durationMillis()) + "\n      " + trial.reason());
        }
    }

    private void innocent(InnocentResult innocent) {
        switch (innocent.outcome()) {
            case QUIET -> {
                if (chosen.innocents().size() <= EVERY * 3) {
                    out.println("  ✓ quiet     " + innocent.id() + time(innocent.durationMillis()) + "  "
                            + innocent.judged() + " promises held"
                            + (innocent.rounds() > 1 ? " in " + innocent.rounds() + " rounds" : ""));
                }
            }
            case FALSE_ALARM -> {
                out.println("  ✗ FALSE ALARM  " + innocent.id());
                innocent.alarms()
                        .forEach(alarm -> out.println("      " + alarm.id() + " in round " + alarm.round() + ", "
                                + alarm.scenario() + ": expected " + alarm.expected() + ", but " + alarm.actual()));
            }
            case VOID -> out.println("  ! VOID      " + innocent.id() + "\n      " + innocent.reason());
        }
    }

    private static String time(double millis) {
        return String.format(Locale.ROOT, "  %.1f s", millis / 1e3);
    }

    void end(Matrix.Results results, List<String> complaints, Duration took, Path written) {
        long killed = results.trials().stream()
                .filter(t -> t.outcome() == TrialResult.Outcome.KILLED)
                .count();
        long survived = results.trials().stream()
                .filter(t -> t.outcome() == TrialResult.Outcome.SURVIVED)
                .count();
        long alarms = results.innocents().stream()
                .filter(i -> i.outcome() == InnocentResult.Outcome.FALSE_ALARM)
                .count();
        out.println();
        out.println("faults " + results.trials().size() + ": killed " + killed + ", survived " + survived + ", void "
                + (results.trials().size() - killed - survived) + "; innocents "
                + results.innocents().size() + ": false alarms " + alarms + ", void "
                + results.innocents().stream()
                        .filter(i -> i.outcome() == InnocentResult.Outcome.VOID)
                        .count()
                + "; " + took.toSeconds() + " s");
        complaints.forEach(complaint -> out.println("! " + complaint.strip()));
        out.println(
                complaints.isEmpty()
                        ? "exit status 0: every fault was named, and no innocent was blamed"
                        : "exit status 1: " + complaints.size() + " complaints");
        out.println("Report: " + written.toAbsolutePath().normalize());
        out.flush();
    }
}
