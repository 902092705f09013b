package dev.touchstone.features.steps;

import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.Connections;
import dev.touchstone.harness.client.OkHttpWorkerClient;
import dev.touchstone.harness.client.RawCall;
import dev.touchstone.harness.client.SlowReader;
import dev.touchstone.harness.client.Wire;
import dev.touchstone.harness.client.WorkerClient;
import dev.touchstone.harness.launch.WorkerLauncher;
import dev.touchstone.harness.target.Budgets;
import dev.touchstone.harness.target.Capabilities;
import dev.touchstone.harness.target.PromptSizer;
import dev.touchstone.harness.target.Skills;
import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.Transcript;
import dev.touchstone.harness.verdict.Figure;
import dev.touchstone.harness.verdict.Verdict;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.opentest4j.TestAbortedException;

/**
 * What the steps of one scenario share. One per scenario, made by cucumber-picocontainer: a step class takes it as its
 * only constructor argument.
 *
 * <p>A step either acts or judges. What it acts goes through {@link #act}, and what judging needs of it is remembered
 * here, not in the step class: so an earlier run's evidence can be judged again without traffic. Not thread-safe,
 * except for memory and clients.
 */
public final class World {

    private static final String GENERATIONS = "generations";

    private final Stage stage;
    private final Memory memory = new Memory();
    private final Transcript transcript = new Transcript();
    private final List<WorkerClient> clients = new ArrayList<>();
    private final List<AutoCloseable> atEnd = new ArrayList<>();
    private final List<Kept.Said> said = new ArrayList<>();
    private final List<Map<String, Object>> remembered = new ArrayList<>();
    private List<String> rules = List.of();
    private Optional<ScenarioStage> entered = Optional.empty();
    private Optional<WorkerClient> client = Optional.empty();
    private int actions;
    private boolean acting;

    public World() {
        this(CurrentStage.get());
    }

    World(Stage stage) {
        this.stage = stage;
    }

    /** What a step does to the worker. */
    @FunctionalInterface
    public interface Action {
        void run() throws InterruptedException;
    }

    /**
     * Runs an action on the worker. Where this run judges what an earlier one saw, the action is not run: what it
     * remembered is there already, and what it said is said again.
     */
    public void act(Action action) throws InterruptedException {
        int number = actions++;
        Optional<Kept> kept = scenario().kept();
        if (kept.isPresent()) {
            if (number < kept.get().memory().size()) {
                memory.replaceBy(kept.get().memory().get(number));
            }
            sayAgain(kept.get().said().stream()
                    .filter(s -> s.action() == number)
                    .map(Kept.Said::verdict)
                    .toList());
            return;
        }
        acting = true;
        try {
            action.run();
        } finally {
            acting = false;
            remembered.add(memory.all());
        }
    }

    private void sayAgain(List<Verdict> verdicts) {
        for (int i = 0; i < verdicts.size(); i++) {
            if (i + 1 < verdicts.size()) {
                note(verdicts.get(i));
            } else {
                record(verdicts.get(i));
            }
        }
    }

    /** The worker under test. */
    public Target target() {
        return scenario().target();
    }

    /** How the worker is asked for text. */
    public Wire wire() {
        return target().wire();
    }

    /** What the worker said of itself before the first scenario. */
    public Capabilities capabilities() {
        return scenario().capabilities();
    }

    /** What the model was seen to be able to do. */
    public Skills skills() throws InterruptedException {
        return scenario().skills();
    }

    /** The limits of time that this run judges by. */
    public Budgets budgets() {
        return target().budgets();
    }

    /** Starts further processes of this worker; only scenarios of profile {@code launch} are planned where it is there. */
    public WorkerLauncher launcher() {
        return scenario()
                .launcher()
                .orElseThrow(() -> new KitFailure("The kit did not start this worker, so it cannot start another."));
    }

    /** As {@link #launcher()}, for scenarios that only look further where it is there. */
    public Optional<WorkerLauncher> findLauncher() {
        return scenario().launcher();
    }

    /** Where on this machine the worker is, as far as that is known. */
    public HostAccess host() {
        return scenario().host();
    }

    /** The scenario's client, a connection a request; all that it exchanges becomes evidence. */
    public WorkerClient client() {
        if (client.isEmpty()) {
            client = Optional.of(
                    new GuardedClient(openClient(target(), Connections.FRESH), this::demandAnAnsweringWorker));
        }
        return client.get();
    }

    /** A further client, perhaps of another target; closed after the scenario. Its exchanges are evidence too. */
    public WorkerClient openClient(Target other, Connections connections) {
        demandTraffic();
        var opened = new OkHttpWorkerClient(
                other,
                transcript,
                Clock.systemUTC(),
                System::nanoTime,
                connections,
                OkHttpWorkerClient.DEFAULT_BODY_LIMIT);
        clients.add(opened);
        return opened;
    }

    /** Sends bytes as they are to the worker. */
    public RawCall raw() {
        demandTraffic();
        return new RawCall(target(), transcript);
    }

    /** Reads answers slowly. */
    public SlowReader slowReader() {
        demandTraffic();
        return new SlowReader(target(), transcript);
    }

    /** Finds prompts by their number of tokens. */
    public PromptSizer sizer() {
        return new PromptSizer(client(), wire(), this::newJobId, budgets().request());
    }

    /** Has something closed after the scenario, whatever its outcome; the latest first. */
    public <T extends AutoCloseable> T closing(T resource) {
        atEnd.add(resource);
        return resource;
    }

    private void demandTraffic() {
        if (!acting) {
            throw new KitFailure("A judging step asked for traffic; only an action may.");
        }
    }

    /** Ends the scenario where the worker has stopped answering, so that no request waits in vain. */
    private void demandAnAnsweringWorker(Call call) {
        Optional<String> silence = scenario().silence(call.path(), transcript.exchanges());
        if (silence.isPresent()) {
            rules.forEach(rule -> note(new Verdict.Inconclusive(rule, silence.get())));
            throw new TestAbortedException(silence.get());
        }
    }

    /** A job id that this run has not used before. */
    public String newJobId() {
        return scenario().newJobId();
    }

    /** The requirement ids of this scenario's tags. */
    public List<String> rules() {
        return rules;
    }

    /**
     * Takes note of a verdict, and ends the scenario unless the promise held or was only observed.
     *
     * @throws BrokenPromise when the promise was broken
     * @throws TestAbortedException when it is unsupported or inconclusive
     * @throws KitFailure when the kit or the network failed
     */
    public void record(Verdict verdict) {
        note(verdict);
        switch (verdict) {
            case Verdict.Held _, Verdict.Observed _ -> {}
            case Verdict.Broken broken -> throw new BrokenPromise(broken);
            case Verdict.Unsupported _, Verdict.Inconclusive _ ->
                throw new TestAbortedException(verdict.rule() + ": " + verdict.summary());
            case Verdict.KitError _ -> throw new KitFailure(verdict.rule() + ": " + verdict.summary());
        }
    }

    /** As {@link #record}, for verdicts of one look that do not depend on each other: all are noted, the worst ends it. */
    public void recordAll(List<Verdict> verdicts) {
        List<Verdict> worstLast = verdicts.stream()
                .sorted(Comparator.comparing(v -> v instanceof Verdict.Broken ? 2 : v instanceof Verdict.Held ? 0 : 1))
                .toList();
        worstLast.subList(0, worstLast.size() - 1).forEach(this::note);
        record(worstLast.getLast());
    }

    private void note(Verdict verdict) {
        if (acting) {
            said.add(new Kept.Said(actions - 1, verdict));
        }
        scenario().verdict(verdict);
    }

    /** Ends the scenario: none of its promises can be judged, for this reason. */
    public TestAbortedException inconclusive(String why) {
        return abort(
                rules.stream()
                        .map(rule -> (Verdict) new Verdict.Inconclusive(rule, why))
                        .toList(),
                why);
    }

    /** Ends the scenario: the worker declares that it has not, or its dialect cannot say, what this needs. */
    public TestAbortedException unsupported(String why) {
        return abort(
                rules.stream()
                        .map(rule -> (Verdict) new Verdict.Unsupported(rule, why))
                        .toList(),
                why);
    }

    private TestAbortedException abort(List<Verdict> verdicts, String why) {
        verdicts.forEach(this::note);
        return new TestAbortedException(why);
    }

    /** Tells the run that this scenario only waits from now on; for those tagged {@code @long-wait}. */
    public void settled() {
        scenario().settled();
    }

    /** Reports a measured number beside the verdicts. */
    public void figure(Figure figure) {
        scenario().figure(figure);
    }

    /** Keeps something for a later step of this scenario; a later value takes the place of an earlier one. */
    public void remember(String name, Object value) {
        memory.put(name, value);
    }

    /** Adds to a list that is kept for later steps. */
    public void add(String name, Object value) {
        synchronized (memory) {
            List<Object> all = new ArrayList<>(memory.list(name, Object.class));
            all.add(value);
            memory.put(name, all);
        }
    }

    /** Adds an exchange that asked for text. */
    void addGeneration(Exchange exchange) {
        add(GENERATIONS, exchange);
    }

    /** The exchanges that asked for text, in order. */
    List<Exchange> generations() {
        return recallAll(GENERATIONS, Exchange.class);
    }

    /**
     * What an earlier step of this scenario kept under that name.
     *
     * @throws KitFailure when nothing, or something of another type, was kept
     */
    public <T> T recall(String name, Class<T> type) {
        return memory.get(name, type);
    }

    /** As {@link #recall}, but empty where nothing was kept. */
    public <T> Optional<T> find(String name, Class<T> type) {
        return memory.find(name, type);
    }

    /** A list that earlier steps kept; empty where they kept nothing. */
    public <T> List<T> recallAll(String name, Class<T> of) {
        return memory.list(name, of);
    }

    /** Begins the scenario; ends it before its first step where this run did not plan it. */
    void enter(Stage.Entry entry) {
        rules = entry.tags().stream()
                .map(tag -> tag.substring(1))
                .filter(tag -> tag.matches("[A-Z]{2}-[0-9]{2}"))
                .toList();
        ScenarioStage here = stage.enter(entry);
        entered = Optional.of(here);
        if (!here.planned()) {
            throw new TestAbortedException("not planned for this worker");
        }
    }

    private ScenarioStage scenario() {
        return entered.orElseThrow(() -> new KitFailure("The scenario has not begun."));
    }

    /** Abandons what still runs and hands the evidence to the run. */
    void close() {
        atEnd.reversed().forEach(World::close);
        clients.forEach(WorkerClient::close);
        entered.ifPresent(here ->
                here.keep(here.kept().orElseGet(() -> new Kept(transcript.exchanges(), remembered, said))));
    }

    private static void close(AutoCloseable resource) {
        try {
            resource.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            throw new KitFailure("What the scenario opened could not be closed: " + e.getMessage());
        }
    }
}
