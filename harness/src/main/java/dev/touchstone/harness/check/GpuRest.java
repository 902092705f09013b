package dev.touchstone.harness.check;

import dev.touchstone.harness.check.DeviceUse.Moment;
import dev.touchstone.harness.evidence.DeviceReading.GpmReading;
import java.util.Optional;

/**
 * A time in which no SM of a GPU did anything, wherever in it a second began: one that rests for 1.5 s need not rest for
 * the whole of any second counted from the start.
 *
 * @param from nanoseconds since the first sample
 * @param to of the last reading that shows it
 */
record GpuRest(long from, long to) {

    long nanos() {
        return to - from;
    }

    String words() {
        return "no SM did anything for %s, from %.1f s to %.1f s"
                .formatted(Shown.millis(nanos()), from / 1e9, to / 1e9);
    }

    /**
     * The longest one that GPM shows without a gap.
     *
     * @param idlePercent utilisation up to this is none
     */
    static Optional<GpuRest> longest(DeviceUse use, double idlePercent) {
        Optional<GpuRest> longest = Optional.empty();
        Optional<GpuRest> now = Optional.empty();
        for (Moment moment : use.moments()) {
            Optional<GpmReading> gpm = moment.device().gpm().found();
            if (gpm.isEmpty()) {
                continue; // too soon: the next window reaches back over it
            }
            boolean idle = gpm.get()
                    .smPercent()
                    .found()
                    .filter(percent -> percent <= idlePercent)
                    .isPresent();
            long begin = Math.max(0, moment.nanos() - gpm.get().windowNanos());
            long from = now.map(GpuRest::from).orElse(begin);
            now = idle ? Optional.of(new GpuRest(from, moment.nanos())) : Optional.empty();
            if (idle && moment.nanos() - from > longest.map(GpuRest::nanos).orElse(0L)) {
                longest = now;
            }
        }
        return longest;
    }
}
