package dev.touchstone.features.run;

import dev.touchstone.harness.client.OkHttpWorkerClient;
import dev.touchstone.harness.target.SkillProbe;
import dev.touchstone.harness.target.Skills;
import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.transcript.Transcript;
import java.util.Optional;
import java.util.UUID;

/** Asks for the model's skills when the first scenario needs them, and never again. Thread-safe. */
final class SkillsOnce implements RunSession.SkillSource {

    private final Target target;
    private Optional<Skills> known = Optional.empty();

    SkillsOnce(Target target) {
        this.target = target;
    }

    /** What was found out, where any scenario asked. */
    synchronized Optional<Skills> known() {
        return known;
    }

    @Override
    public synchronized Skills skills() throws InterruptedException {
        if (known.isEmpty()) {
            try (var client = new OkHttpWorkerClient(target, new Transcript())) {
                known = Optional.of(new SkillProbe(
                                client,
                                target.wire(),
                                () -> "touchstone-skill-" + UUID.randomUUID(),
                                target.budgets().request())
                        .ask());
            }
        }
        return known.get();
    }
}
