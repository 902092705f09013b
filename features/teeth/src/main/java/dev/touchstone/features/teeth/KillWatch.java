package dev.touchstone.features.teeth;

import dev.touchstone.features.run.QuietRun;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Has seen enough of a broken worker once all that its fault breaks has been named. Not thread-safe. */
final class KillWatch implements QuietRun.Watch {

    private final Fault fault;
    private final Set<String> named = new HashSet<>();

    KillWatch(Fault fault) {
        this.fault = fault;
    }

    @Override
    public boolean hasEnough(String requirement, QuietRun.Broken finding) {
        String words = fault.breaks().get(requirement);
        if (words != null && says(finding.expected(), finding.actual(), words)) {
            named.add(requirement);
        }
        return named.size() == fault.breaks().size();
    }

    /** Whether a finding names the breach by these words. */
    static boolean says(String expected, String actual, String words) {
        return (expected + "\n" + actual).toLowerCase(Locale.ROOT).contains(words.toLowerCase(Locale.ROOT));
    }
}
