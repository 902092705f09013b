package dev.touchstone.harness.target;

import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.client.Wire;
import dev.touchstone.harness.client.WorkerClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Finds out from outside whether the model of a worker can repeat and recall, by trying it with words that stand in no
 * prompt of the kit's scenarios. A form counts where every try succeeds. Thread-safe.
 */
public final class SkillProbe {
    private static final int TOKENS = 48;
    private static final List<String> LINES = List.of(
            "The seven lanterns of Orvik hang over the quiet harbour.", "blue kettle, 42 marbles, one green door");
    private static final List<String[]> FACTS = List.of(new String[] {"Ada", "lemon"}, new String[] {"Tom", "river"});
    private static final String BETWEEN =
            "The weather was fine and the road was long. ".repeat(4).strip();

    private final WorkerClient client;
    private final Wire wire;
    private final Supplier<String> jobIds;
    private final Duration limit;

    /** @param limit for one generation */
    public SkillProbe(WorkerClient client, Wire wire, Supplier<String> jobIds, Duration limit) {
        this.client = client;
        this.wire = wire;
        this.jobIds = jobIds;
        this.limit = limit;
    }

    /** Tries each form in turn; a few short generations. */
    public Skills ask() throws InterruptedException {
        Optional<EchoForm> echo = Optional.empty();
        for (EchoForm form : EchoForm.values()) {
            if (echo.isEmpty() && repeats(form)) {
                echo = Optional.of(form);
            }
        }
        Optional<RecallForm> recall = Optional.empty();
        for (RecallForm form : RecallForm.values()) {
            if (recall.isEmpty() && recalls(form)) {
                recall = Optional.of(form);
            }
        }
        return new Skills(echo, recall);
    }

    private boolean repeats(EchoForm form) throws InterruptedException {
        for (String line : LINES) {
            if (!text(form.prompt(line)).contains(line)) {
                return false;
            }
        }
        return true;
    }

    private boolean recalls(RecallForm form) throws InterruptedException {
        for (String[] fact : FACTS) {
            if (!text(form.prompt(fact[0], fact[1], BETWEEN)).contains(fact[1])) {
                return false;
            }
        }
        return true;
    }

    private String text(String prompt) throws InterruptedException {
        GenerationRequest request = GenerationRequest.greedy(jobIds.get(), prompt, TOKENS);
        return Generation.of(client.send(wire.call("probe a skill", request), limit))
                .text();
    }
}
