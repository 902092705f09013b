package dev.touchstone.features.teeth.host;

import dev.touchstone.harness.evidence.DeviceReading;
import dev.touchstone.harness.evidence.DeviceReading.GpmReading;
import dev.touchstone.harness.evidence.HostSamples;
import dev.touchstone.harness.evidence.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The recorded GPM averages as a course over time, from which the average of any window can be taken, as the driver
 * would; after its end it begins again. Immutable.
 */
final class GpmTimeline {

    private final List<Part> parts;
    private final long span;

    /** A window of the recording, cut at its beginning. */
    private record Part(long from, long to, GpmReading reading) {
        long within(long start, long end) {
            return Math.max(0, Math.min(end, to) - Math.max(start, from));
        }
    }

    GpmTimeline(HostSamples recorded) {
        long zero = recorded.samples().getFirst().nanos();
        List<Part> all = new ArrayList<>();
        recorded.samples().forEach(sample -> {
            long to = sample.nanos() - zero;
            reading(sample.gpus().found().orElse(List.of()))
                    .ifPresent(gpm -> all.add(new Part(Math.max(0, to - gpm.windowNanos()), to, gpm)));
        });
        parts = List.copyOf(all);
        span = recorded.spanNanos();
    }

    private static Optional<GpmReading> reading(List<DeviceReading> devices) {
        return devices.stream().findFirst().flatMap(device -> device.gpm().found());
    }

    /** The averages from one moment to a later one, in nanoseconds since the recording's first sample. */
    Reading<GpmReading> between(long from, long to) {
        return Reading.of(new GpmReading(
                to - from,
                average(from, to, GpmReading::smPercent),
                average(from, to, GpmReading::dramPercent),
                average(from, to, GpmReading::sentPerSecond),
                average(from, to, GpmReading::receivedPerSecond)));
    }

    private Reading<Double> average(long from, long to, Function<GpmReading, Reading<Double>> metric) {
        double weighted = 0;
        long covered = 0;
        for (long round = from / span; round <= to / span; round++) {
            for (Part part : parts) {
                long overlap = part.within(from - round * span, to - round * span);
                Optional<Double> value = metric.apply(part.reading()).found();
                if (overlap > 0 && value.isPresent()) {
                    weighted += overlap * value.get();
                    covered += overlap;
                }
            }
        }
        return covered == 0
                ? Reading.none("the recording has no GPM average of that time")
                : Reading.of(weighted / covered);
    }
}
