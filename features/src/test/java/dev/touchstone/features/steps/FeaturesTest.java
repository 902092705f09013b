package dev.touchstone.features.steps;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.harness.json.JsonDocument;
import dev.touchstone.harness.launch.WorkerLauncher;
import dev.touchstone.harness.target.Capabilities;
import dev.touchstone.harness.target.Skills;
import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Figure;
import dev.touchstone.harness.verdict.Verdict;
import io.cucumber.core.cli.Main;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Runs feature files, with their real steps, against a scripted worker that keeps a part of the contract. */
class FeaturesTest {
    /** What the scripted worker keeps. */
    private static final List<String> KEPT = List.of(
            "EV-01", "EV-02", "EV-03", "EV-04", "EV-05", "EV-06", "EV-07", "EV-10", "TX-01", "TX-04", "TX-05", "TX-06",
            "DT-01", "DT-02", "DT-03", "DT-04", "DT-05", "DT-07", "DT-08", "SP-01", "SP-07", "CX-01", "ER-01", "ER-02",
            "ER-03", "HL-01", "HL-02", "HL-03", "VR-07", "CA-01", "PF-01", "PF-02", "PF-03", "PF-04", "PF-05");

    /** Whether these hold depends on how quick the machine is. */
    private static final Set<String> TIMED =
            Set.of("EV-07", "HL-02", "HL-03", "CA-01", "PF-01", "PF-02", "PF-03", "PF-04");

    @Test
    void everyStepOfEveryFeatureIsDefinedOnce() {
        byte status = Main.run(
                new String[] {"--dry-run", "--glue", "dev.touchstone.features.steps", "classpath:features"},
                Thread.currentThread().getContextClassLoader());
        assertThat(status).isZero();
    }

    @Test
    void aConformingWorkerHoldsEveryPromiseAndDoesSoAgainFromWhatWasKept() throws Exception {
        try (var worker = new ScriptedWorker()) {
            var stage = new CollectingStage(Target.at(worker.url()), Map.of());
            byte status = run(stage);
            Map<String, Set<String>> kinds = kinds(stage);
            stage.verdicts.stream()
                    .filter(v -> TIMED.contains(v.rule()) || !(v instanceof Verdict.Held))
                    .forEach(System.out::println);
            assertThat(kinds.keySet()).containsExactlyInAnyOrderElementsOf(KEPT);
            kinds.keySet().removeAll(TIMED);
            assertThat(kinds).allSatisfy((rule, kind) -> assertThat(kind).containsExactly("Held"));
            boolean timely = stage.verdicts.stream().noneMatch(v -> v instanceof Verdict.Broken);
            assertThat(status == 0 || !timely).as("every scenario passed").isTrue();

            worker.close();
            var again = new CollectingStage(Target.at(worker.url()), writtenAndRead(stage.kept));
            run(again);
            assertThat(again.verdicts).isEqualTo(stage.verdicts);
        }
    }

    /** What was kept, by way of the file in which it is kept. */
    private static Map<String, Kept> writtenAndRead(Map<String, Kept> kept) {
        Map<String, Kept> read = new TreeMap<>();
        kept.forEach((id, whole) -> {
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            KeptJson.write(node, whole);
            read.put(id, KeptJson.read(JsonDocument.read(JsonDocument.text(node, false))));
        });
        return read;
    }

    private static byte run(CollectingStage stage) {
        CurrentStage.set(stage);
        try {
            return Main.run(
                    new String[] {"--glue", "dev.touchstone.features.steps", "classpath:features", "--tags", tags()},
                    Thread.currentThread().getContextClassLoader());
        } finally {
            CurrentStage.clear();
        }
    }

    private static String tags() {
        return "(" + String.join(" or ", KEPT.stream().map(id -> "@" + id).toList()) + ") and not @beyond-scripted";
    }

    private static Map<String, Set<String>> kinds(CollectingStage stage) {
        Map<String, Set<String>> kinds = new TreeMap<>();
        stage.verdicts.forEach(v -> kinds.computeIfAbsent(v.rule(), rule -> new TreeSet<>())
                .add(v.getClass().getSimpleName()));
        return kinds;
    }

    private static final class CollectingStage implements Stage {
        private final Target target;
        private final Map<String, Kept> earlier;
        private final AtomicInteger jobs = new AtomicInteger();
        private final List<Verdict> verdicts = new CopyOnWriteArrayList<>();
        private final Map<String, Kept> kept = new ConcurrentHashMap<>();

        CollectingStage(Target target, Map<String, Kept> earlier) {
            this.target = target;
            this.earlier = Map.copyOf(earlier);
        }

        @Override
        public ScenarioStage enter(Entry entry) {
            return new Part(entry.uri() + ":" + entry.line());
        }

        private final class Part implements ScenarioStage {
            private final String id;

            Part(String id) {
                this.id = id;
            }

            @Override
            public Target target() {
                return target;
            }

            @Override
            public Capabilities capabilities() {
                return ScriptedWorker.CAPABILITIES;
            }

            @Override
            public Skills skills() {
                return Skills.none();
            }

            @Override
            public Optional<WorkerLauncher> launcher() {
                return Optional.empty();
            }

            @Override
            public Optional<Kept> kept() {
                return Optional.ofNullable(earlier.get(id));
            }

            @Override
            public String newJobId() {
                return "features-test-" + jobs.incrementAndGet();
            }

            @Override
            public boolean planned() {
                return true;
            }

            @Override
            public Optional<String> silence(String path, List<Exchange> soFar) {
                return Optional.empty();
            }

            @Override
            public void verdict(Verdict verdict) {
                verdicts.add(verdict);
            }

            @Override
            public void figure(Figure figure) {
                assertThat(figure.value()).isFinite();
            }

            @Override
            public void keep(Kept whole) {
                kept.put(id, whole);
            }
        }
    }
}
