package dev.touchstone.features.run;

import dev.touchstone.features.steps.Stage;
import dev.touchstone.harness.client.OkHttpWorkerClient;
import dev.touchstone.harness.target.Capabilities;
import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.Transcript;
import dev.touchstone.harness.verdict.Figure;
import dev.touchstone.harness.verdict.Verdict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** One run under way: lends the target to scenarios and gathers their results. Scenarios run one after another. */
final class RunSession implements Stage {

    /** Once it is judged, so much of each body is kept as evidence until the run ends; the memory must last for all. */
    private static final long KEPT_OF_A_BODY = 256 * 1024;

    private final ScenarioSource suite;
    private final Plan plan;
    private final Target target;
    private final Capabilities capabilities;
    private final Consumer<ScenarioResult> onResult;
    private final List<ScenarioResult> results = new ArrayList<>();
    private final AtomicInteger jobs = new AtomicInteger();
    private final String jobPrefix =
            "touchstone-" + UUID.randomUUID().toString().substring(0, 8) + "-";
    private final Pulse pulse;
    private volatile ScenarioLog log = new ScenarioLog();

    RunSession(
            ScenarioSource suite,
            Plan plan,
            Target target,
            Capabilities capabilities,
            Consumer<ScenarioResult> onResult) {
        this.suite = suite;
        this.plan = plan;
        this.target = target;
        this.capabilities = capabilities;
        this.onResult = onResult;
        this.pulse = new Pulse(target.budgets());
    }

    ScenarioLog begin() {
        log = new ScenarioLog();
        return log;
    }

    ScenarioLog log() {
        return log;
    }

    ScenarioSource suite() {
        return suite;
    }

    Plan plan() {
        return plan;
    }

    /** Takes a scenario's result; one that was not planned is left out. */
    synchronized void accept(ScenarioResult result) {
        if (plan.plans(result.id())) {
            results.add(result);
            onResult.accept(result);
        }
    }

    synchronized List<ScenarioResult> results() {
        return List.copyOf(results);
    }

    @Override
    public Target target() {
        return target;
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public boolean plans(Collection<String> tags) {
        Set<String> bare = tags.stream().map(tag -> tag.substring(1)).collect(Collectors.toSet());
        return plan.scenarios().stream().anyMatch(scenario -> scenario.tags().equals(bare));
    }

    @Override
    public Client openClient() {
        Transcript transcript = new Transcript();
        return new Client(new OkHttpWorkerClient(target, transcript), transcript::exchanges);
    }

    @Override
    public String newJobId() {
        return jobPrefix + jobs.incrementAndGet();
    }

    @Override
    public void verdict(Verdict verdict) {
        log.verdict(verdict);
    }

    @Override
    public void figure(Figure figure) {
        log.figure(figure);
    }

    @Override
    public void exchanges(List<Exchange> exchanges) {
        List<Exchange> kept =
                exchanges.stream().map(e -> e.shortened(KEPT_OF_A_BODY)).toList();
        log.exchanges(kept);
        pulse.add(kept);
    }

    @Override
    public Optional<String> silence(String path, List<Exchange> soFar) {
        return pulse.silence(path, soFar);
    }
}
