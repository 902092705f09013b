package dev.touchstone.features.steps;

import dev.touchstone.harness.check.ModelFacts;
import dev.touchstone.harness.evidence.HostProbe;
import dev.touchstone.harness.evidence.HostSamples;
import dev.touchstone.harness.evidence.LocalHostProbe;
import dev.touchstone.harness.evidence.Reading;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where on this machine the worker is, for scenarios that look at its host. Immutable.
 *
 * @param pid the worker's process, or why it is not known
 * @param before this host's GPUs before the worker was started, where this kit started it and there is a driver
 * @param model what is known of the model from outside
 * @param probes opens what looks at the host; whoever asks for a probe closes it
 */
public record HostAccess(
        Reading<Long> pid, Optional<HostSamples> before, ModelFacts model, Supplier<HostProbe> probes) {

    /** A worker on this machine. */
    public HostAccess(Reading<Long> pid, Optional<HostSamples> before, ModelFacts model) {
        this(pid, before, model, LocalHostProbe::open);
    }

    /** No access, for this reason; a sentence without a final full stop. */
    public static HostAccess none(String why) {
        return new HostAccess(Reading.none(why), Optional.empty(), ModelFacts.unknown());
    }
}
