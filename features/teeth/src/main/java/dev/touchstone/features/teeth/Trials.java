package dev.touchstone.features.teeth;

import dev.touchstone.features.run.QuietRun;
import dev.touchstone.features.teeth.TrialResult.Found;
import dev.touchstone.features.teeth.TrialResult.Named;
import dev.touchstone.features.teeth.TrialResult.Outcome;
import dev.touchstone.features.teeth.host.RecordedHost;
import dev.touchstone.features.teeth.wire.Oddities;
import dev.touchstone.features.teeth.wire.TrafficChange;
import dev.touchstone.features.teeth.wire.WireFaults;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Judges faults and oddities, each beside its twin. Not thread-safe. */
final class Trials implements AutoCloseable {

    /** A machine that gives a twin no time may leave a verdict open. */
    private static final int TWIN_TRIES = 3;

    private final Stand stand;
    private final Path out;
    private final Optional<LiveGpu> gpu;
    private final Map<String, Observation> twins = new HashMap<>();

    /**
     * @param gpu where all workers are, and the faults of the host live; without it those are what was recorded
     * @param out results directory of the whole matrix
     */
    Trials(Commands commands, Optional<LiveGpu> gpu, Path out) {
        this.stand = new Stand(
                commands, out.resolve("host-" + ProcessHandle.current().pid() + ".log"));
        this.out = out;
        this.gpu = gpu;
    }

    /** Judges a fault and its twin; what the evidence shows is kept below {@code faults/ID}. */
    TrialResult judge(Fault fault) throws InterruptedException {
        long begun = System.nanoTime();
        Path place = out.resolve("faults").resolve(fault.id());
        Observation twin = twin(fault);
        Observation seen = broken(fault, place);
        List<Named> named = fault.breaks().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> named(entry.getKey(), entry.getValue(), seen, place))
                .toList();
        KeptEvidence.only(place, evidence(fault, seen));
        Optional<String> spot = TwinWords.spot(fault, twin);
        Outcome outcome = outcome(seen, spot, named);
        return new TrialResult(
                fault.id(),
                outcome,
                outcome == Outcome.KILLED ? "" : reason(fault, seen, spot, named),
                seen.fired(),
                (System.nanoTime() - begun) / 1e6,
                spot.isEmpty(),
                spot.orElseGet(() -> TwinWords.clean(fault, twin)),
                seen.recorded(),
                named);
    }

    private Observation twin(Fault fault) throws InterruptedException {
        String key = fault.layer() + (isHosted(fault) ? " hosted " : " ") + Setup.of(fault);
        Observation known = twins.get(key);
        if (known == null) {
            Path place = out.resolve("twins").resolve(Integer.toHexString(key.hashCode()));
            known = honest(fault, place);
            // What could not be told says nothing of the twin; a broken promise is never asked for again.
            for (int n = 1; n < TWIN_TRIES && isUntold(fault, known); n++) {
                known = honest(fault, place);
            }
            twins.put(key, known);
            KeptEvidence.none(place);
        }
        return known;
    }

    private Observation honest(Fault fault, Path place) throws InterruptedException {
        Setup setup = setup(fault);
        return switch (fault.layer()) {
            case WIRE -> stand.behindProxy(setup, TrafficChange.NONE, QuietRun.Watch.TO_THE_END, place);
            case WORKER -> isHosted(fault) ? stand.hostedHonest(setup, place) : stand.started(setup, place);
            case HOST ->
                gpu.isPresent()
                        ? stand.started(setup, place)
                        : stand.onHost(setup, RecordedHost.honest(), QuietRun.Watch.TO_THE_END, place);
        };
    }

    /** A twin is where its fault is. */
    private boolean isHosted(Fault fault) throws InterruptedException {
        return fault.layer() == Layer.WORKER && gpu.isEmpty() && stand.hosts(fault.id());
    }

    private Setup setup(Fault fault) {
        Setup setup = Setup.of(fault);
        return gpu.map(device -> device.on(setup)).orElse(setup);
    }

    private static boolean isUntold(Fault fault, Observation twin) {
        List<String> verdicts = fault.requirements().stream()
                .flatMap(id -> twin.requirement(id).flatMap(QuietRun.Judged::verdict).stream())
                .toList();
        return verdicts.contains("inconclusive") && !verdicts.contains("broken");
    }

    private Observation broken(Fault fault, Path place) throws InterruptedException {
        Setup setup = setup(fault);
        KillWatch watch = new KillWatch(fault);
        return switch (fault.layer()) {
            case WIRE -> {
                Optional<TrafficChange> change = WireFaults.named(fault.id());
                yield change.isPresent()
                        ? stand.behindProxy(setup, change.get(), watch, place)
                        : Observation.failed("There is no wire fault '" + fault.id() + "' in this build.", 0);
            }
            case WORKER ->
                isHosted(fault)
                        ? stand.hosted(setup, fault.id(), watch, place)
                        : stand.withAgent(setup, fault.id(), watch, place);
            case HOST -> {
                if (gpu.isPresent()) {
                    yield stand.withAgent(setup, fault.id(), watch, place);
                }
                Optional<RecordedHost> host = RecordedHost.withFault(fault.id());
                yield host.isPresent()
                        ? stand.onHost(setup, host.get(), watch, place)
                        : Observation.failed("There is no host fault '" + fault.id() + "' in this build.", 0);
            }
        };
    }

    private Named named(String id, String words, Observation seen, Path place) {
        Optional<QuietRun.Judged> judged = seen.requirement(id);
        List<QuietRun.Broken> broken = judged.map(QuietRun.Judged::broken).orElse(List.of());
        List<Found> found = new ArrayList<>();
        for (QuietRun.Broken finding : broken) {
            found.add(new Found(
                    finding.scenario(),
                    finding.name(),
                    finding.expected(),
                    finding.actual(),
                    KeptEvidence.files(out, place.resolve(finding.evidence()))));
        }
        return new Named(
                id,
                judged.flatMap(QuietRun.Judged::verdict).orElse("not judged"),
                judged.map(QuietRun.Judged::reason).orElse(seen.failure()),
                found.stream().anyMatch(f -> KillWatch.says(f.expected(), f.actual(), words)),
                found);
    }

    /** Folders of what shows the breach. */
    private static List<String> evidence(Fault fault, Observation seen) {
        return fault.requirements().stream()
                .flatMap(id -> seen.requirement(id).stream())
                .flatMap(judged -> judged.broken().stream())
                .map(QuietRun.Broken::evidence)
                .toList();
    }

    private static Outcome outcome(Observation seen, Optional<String> spot, List<Named> named) {
        if (seen.outcome().isEmpty() || seen.fired() == 0 || spot.isPresent()) {
            return Outcome.VOID;
        }
        return named.stream().allMatch(Named::named) ? Outcome.KILLED : Outcome.SURVIVED;
    }

    private static String reason(Fault fault, Observation seen, Optional<String> spot, List<Named> named) {
        if (seen.outcome().isEmpty()) {
            return seen.failure();
        }
        if (seen.fired() == 0) {
            return "The fault never fired.";
        }
        return spot.orElseGet(() -> named.stream()
                .filter(n -> !n.named())
                .map(n -> n.findings().isEmpty()
                        ? n.id() + " is " + n.verdict() + ": " + n.reason()
                        : n.id() + " is broken, but no finding says '"
                                + fault.breaks().get(n.id()) + "'; the first says: expected "
                                + n.findings().getFirst().expected() + ", but "
                                + n.findings().getFirst().actual())
                .findFirst()
                .orElse(""));
    }

    /** Judges an oddity some times in a row. */
    InnocentResult judge(Innocent innocent, int rounds) throws InterruptedException {
        long begun = System.nanoTime();
        Path place = out.resolve("innocents").resolve(innocent.id());
        List<InnocentResult.Alarm> alarms = new ArrayList<>();
        int held = 0;
        long fired = 0;
        for (int round = 1; round <= rounds; round++) {
            Observation seen = odd(innocent, place);
            if (seen.outcome().isEmpty()) {
                return InnocentResult.void_(innocent.id(), seen.failure());
            }
            fired += seen.fired();
            for (QuietRun.Judged judged : seen.outcome().get().requirements()) {
                held += judged.verdict().filter("held"::equals).isPresent() ? 1 : 0;
                alarms.addAll(alarms(judged, round));
            }
            if (alarms.isEmpty()) {
                KeptEvidence.none(place);
            }
        }
        boolean silent = innocent.tellsWhenItShows() && fired == 0;
        InnocentResult.Outcome outcome = silent || held == 0
                ? InnocentResult.Outcome.VOID
                : alarms.isEmpty() ? InnocentResult.Outcome.QUIET : InnocentResult.Outcome.FALSE_ALARM;
        String reason = silent ? "The oddity never showed." : held == 0 ? "Nothing was held." : "";
        return new InnocentResult(
                innocent.id(), outcome, reason, fired, (System.nanoTime() - begun) / 1e6, rounds, held, alarms);
    }

    private Observation odd(Innocent innocent, Path place) throws InterruptedException {
        Setup setup = Setup.of(innocent);
        if (innocent.layer() == Layer.WORKER) {
            return innocent.agent()
                    ? stand.withAgent(setup, innocent.id(), QuietRun.Watch.TO_THE_END, place)
                    : stand.started(setup, place);
        }
        Optional<TrafficChange> change = Oddities.named(innocent.id());
        return change.isPresent()
                ? stand.behindProxy(setup, change.get(), QuietRun.Watch.TO_THE_END, place)
                : Observation.failed("There is no oddity '" + innocent.id() + "' in this build.", 0);
    }

    private static List<InnocentResult.Alarm> alarms(QuietRun.Judged judged, int round) {
        return judged.broken().stream()
                .map(b ->
                        new InnocentResult.Alarm(judged.id(), round, b.scenario(), b.name(), b.expected(), b.actual()))
                .toList();
    }

    @Override
    public void close() {
        stand.close();
    }
}
