package dev.touchstone.features.steps;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.client.OkHttpWorkerClient;
import dev.touchstone.harness.sse.SseReader;
import dev.touchstone.harness.target.Capabilities;
import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.transcript.Transcript;
import dev.touchstone.harness.verdict.Figure;
import dev.touchstone.harness.verdict.Verdict;
import io.cucumber.core.cli.Main;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Runs every feature file, with its real steps, against a scripted worker that keeps the contract. */
class FeaturesTest {
    /** Whether these hold depends on how quick the machine is. */
    private static final Set<String> TIMED = Set.of("EV-07", "HL-02", "HL-03", "CA-01", "PF-01", "PF-02");

    @Test
    void aConformingWorkerHoldsEveryPromise() throws Exception {
        try (var worker = new ScriptedWorker()) {
            var stage = new CollectingStage(Target.at(worker.url()));
            CurrentStage.set(stage);
            byte status = Main.run(
                    new String[] {"--glue", "dev.touchstone.features.steps", "classpath:features"},
                    Thread.currentThread().getContextClassLoader());
            Map<String, Set<String>> kinds = new TreeMap<>();
            stage.verdicts.forEach(v -> kinds.computeIfAbsent(v.rule(), rule -> new TreeSet<>())
                    .add(v.getClass().getSimpleName()));
            long tokens = stage.exchanges.stream()
                    .flatMap(e -> SseReader.read(e).events().stream())
                    .filter(e -> e.type().equals("token"))
                    .count();
            System.out.printf(
                    "%d exchanges, %d tokens, %d verdicts%n", stage.exchanges.size(), tokens, stage.verdicts.size());
            stage.verdicts.stream()
                    .filter(v -> TIMED.contains(v.rule()) || !(v instanceof Verdict.Held))
                    .forEach(System.out::println);
            assertThat(kinds.keySet())
                    .contains(
                            "EV-01", "EV-02", "EV-03", "EV-04", "EV-05", "EV-06", "EV-07", "EV-10", "TX-01", "TX-04",
                            "DT-01", "DT-02", "DT-03", "DT-07", "SP-01", "CX-01", "ER-01", "ER-02", "ER-03", "HL-01",
                            "HL-02", "HL-03", "VR-01", "VR-07", "CA-01", "PF-01", "PF-02");
            assertThat(kinds.get("VR-01")).containsExactly("Unsupported");
            kinds.keySet().removeAll(TIMED);
            kinds.remove("VR-01");
            assertThat(kinds).allSatisfy((rule, kind) -> assertThat(kind).containsExactly("Held"));
            boolean timely = stage.verdicts.stream().noneMatch(v -> v instanceof Verdict.Broken);
            assertThat(status == 0 || !timely).as("every step is defined, once").isTrue();
        } finally {
            CurrentStage.clear();
        }
    }

    private static final class CollectingStage implements Stage {
        private final Target target;
        private final AtomicInteger jobs = new AtomicInteger();
        private final List<Verdict> verdicts = new CopyOnWriteArrayList<>();
        private final List<Exchange> exchanges = new CopyOnWriteArrayList<>();

        CollectingStage(Target target) {
            this.target = target;
        }

        @Override
        public Target target() {
            return target;
        }

        @Override
        public Capabilities capabilities() {
            throw new KitFailure("No step of these features asks for capabilities.");
        }

        @Override
        public Client openClient() {
            var transcript = new Transcript();
            return new Client(new OkHttpWorkerClient(target, transcript), transcript::exchanges);
        }

        @Override
        public String newJobId() {
            return "features-test-" + jobs.incrementAndGet();
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
        public void exchanges(List<Exchange> recorded) {
            exchanges.addAll(recorded);
        }
    }
}
