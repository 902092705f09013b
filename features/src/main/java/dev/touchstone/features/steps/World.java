package dev.touchstone.features.steps;

import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.WorkerClient;
import dev.touchstone.harness.target.Budgets;
import dev.touchstone.harness.target.Capabilities;
import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.verdict.Figure;
import dev.touchstone.harness.verdict.Verdict;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.opentest4j.TestAbortedException;

/**
 * What the steps of one scenario share. One per scenario, made by cucumber-picocontainer: a step class takes it as its
 * only constructor argument. Not thread-safe, except for the client that it hands out.
 */
public final class World {

    private final Stage stage;
    private final Map<String, Object> memory = new HashMap<>();
    private List<String> rules = List.of();
    private Optional<Stage.Client> client = Optional.empty();

    public World() {
        this(CurrentStage.get());
    }

    World(Stage stage) {
        this.stage = stage;
    }

    /** The worker under test. */
    public Target target() {
        return stage.target();
    }

    /** What the worker's health said of it before the first scenario. */
    public Capabilities capabilities() {
        return stage.capabilities();
    }

    /** The limits of time that this run judges by. */
    public Budgets budgets() {
        return stage.target().budgets();
    }

    /** The scenario's client; all that it exchanges becomes evidence, and it is closed after the scenario. */
    public WorkerClient client() {
        if (client.isEmpty()) {
            client = Optional.of(guarded(stage.openClient()));
        }
        return client.get().worker();
    }

    private Stage.Client guarded(Stage.Client opened) {
        return new Stage.Client(
                new GuardedClient(opened.worker(), call -> demandAnAnsweringWorker(call, opened)), opened.exchanges());
    }

    /** Ends the scenario where the worker has stopped answering, so that no request waits in vain. */
    private void demandAnAnsweringWorker(Call call, Stage.Client opened) {
        Optional<String> silence = stage.silence(call.path(), opened.exchanges().get());
        if (silence.isPresent()) {
            rules.forEach(rule -> stage.verdict(new Verdict.Inconclusive(rule, silence.get())));
            throw new TestAbortedException(silence.get());
        }
    }

    /** A job id that this run has not used before. */
    public String newJobId() {
        return stage.newJobId();
    }

    /**
     * Takes note of a verdict, and ends the scenario unless the promise held or was only observed.
     *
     * @throws BrokenPromise when the promise was broken
     * @throws TestAbortedException when it is unsupported or inconclusive
     * @throws KitFailure when the kit or the network failed
     */
    public void record(Verdict verdict) {
        stage.verdict(verdict);
        switch (verdict) {
            case Verdict.Held _, Verdict.Observed _ -> {}
            case Verdict.Broken broken -> throw new BrokenPromise(broken);
            case Verdict.Unsupported _, Verdict.Inconclusive _ ->
                throw new TestAbortedException(verdict.rule() + ": " + verdict.summary());
            case Verdict.KitError _ -> throw new KitFailure(verdict.rule() + ": " + verdict.summary());
        }
    }

    /** Reports a measured number beside the verdicts. */
    public void figure(Figure figure) {
        stage.figure(figure);
    }

    /** Keeps something for a later step of this scenario; a later value takes the place of an earlier one. */
    public <T> void remember(String name, T value) {
        memory.put(name, value);
    }

    /**
     * What an earlier step of this scenario kept under that name.
     *
     * @throws KitFailure when nothing, or something of another type, was kept
     */
    public <T> T recall(String name, Class<T> type) {
        Optional<Object> kept = Optional.ofNullable(memory.get(name));
        if (kept.isEmpty()) {
            throw new KitFailure(
                    "No earlier step of this scenario kept a '" + name + "'; kept were " + memory.keySet() + ".");
        }
        if (!type.isInstance(kept.get())) {
            throw new KitFailure("The step asked for '" + name + "' as " + type.getSimpleName() + ", but it is a "
                    + kept.get().getClass().getSimpleName() + ".");
        }
        return type.cast(kept.get());
    }

    /** Ends a scenario that this run did not plan, before its first step; else keeps what it is to judge. */
    void skipUnlessPlanned(Collection<String> tags) {
        rules = tags.stream()
                .map(tag -> tag.substring(1))
                .filter(tag -> tag.matches("[A-Z]{2}-[0-9]{2}"))
                .toList();
        if (!stage.plans(tags)) {
            throw new TestAbortedException("not planned for this worker");
        }
    }

    /** Abandons what still runs and hands the exchanges to the run. */
    void close() {
        Optional<Stage.Client> open = client;
        client = Optional.empty();
        open.ifPresent(opened -> {
            opened.worker().close();
            stage.exchanges(opened.exchanges().get());
        });
    }
}
