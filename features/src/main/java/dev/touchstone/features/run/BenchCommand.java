package dev.touchstone.features.run;

import dev.touchstone.harness.cli.Command;
import dev.touchstone.harness.cli.CommandFailure;
import dev.touchstone.harness.client.Connections;
import dev.touchstone.harness.client.OkHttpWorkerClient;
import dev.touchstone.harness.client.WorkerClient;
import dev.touchstone.harness.load.HealthPoll;
import dev.touchstone.harness.load.MeasurementFailure;
import dev.touchstone.harness.load.SpeedPlan;
import dev.touchstone.harness.load.SpeedProbe;
import dev.touchstone.harness.load.Spread;
import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.transcript.RecordingRoom;
import dev.touchstone.harness.transcript.Transcript;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** {@code touchstone bench --url}: measures a running worker through HTTP and SSE. */
@CommandLine.Command(
        name = "bench",
        description =
                "Measures a running worker through HTTP (--url), or the reference worker's engine alone (--model FILE).",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Measures decode, prefill, time to first token, and health while decoding. All generations are greedy",
            "and come one at a time. Exit status: 0 measured; 2 not, with the reason. The engine alone, without HTTP:",
            "bench --model FILE, with options of its own (bench --model FILE --help)."
        })
public final class BenchCommand implements Command, Callable<Integer> {

    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int MOST_TOKENS = 2_048;
    private static final int MOST_ROUNDS = 1_000;
    private static final int MOST_PROMPT = 1_000_000;
    /** Of the context, kept free behind a long prompt that was not asked for by its length. */
    private static final int SPARE = 16;

    @CommandLine.Option(names = "--url", required = true, paramLabel = "URL", description = "The worker's base URL.")
    private String url = "";

    @CommandLine.Option(
            names = "--tokens",
            paramLabel = "N",
            defaultValue = "512",
            description = "Tokens of a generation whose decode is timed, 2 to 2048; default ${DEFAULT-VALUE}.")
    private int tokens = 512;

    @CommandLine.Option(
            names = "--prompt-tokens",
            paramLabel = "N",
            description = "About how many tokens the long prompt has; default 2048, or what the context has room for.")
    private Optional<Integer> promptTokens = Optional.empty();

    @CommandLine.Option(
            names = "--short-tokens",
            paramLabel = "N",
            defaultValue = "10",
            description = "About how many tokens the prompt has whose first token is timed; default ${DEFAULT-VALUE}.")
    private int shortTokens = 10;

    @CommandLine.Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "Measured rounds of decode and of prefill; default ${DEFAULT-VALUE}.")
    private int rounds = 5;

    @CommandLine.Option(
            names = "--first-token-rounds",
            paramLabel = "N",
            defaultValue = "20",
            description = "Measured rounds of the short prompt; default ${DEFAULT-VALUE}.")
    private int firstTokenRounds = 20;

    @CommandLine.Option(names = "--json", paramLabel = "FILE", description = "Also write every value there, as JSON.")
    private Optional<Path> json = Optional.empty();

    @CommandLine.Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "File that holds the worker's bearer token.")
    private Optional<Path> tokenFile = Optional.empty();

    @CommandLine.Option(
            names = "--dialect",
            paramLabel = "NAME",
            defaultValue = "auto",
            description = "native, openai, or auto to find out; default ${DEFAULT-VALUE}.")
    private String dialect = "auto";

    @CommandLine.Option(
            names = "--model",
            paramLabel = "NAME",
            description = "Model that OpenAI-compatible requests ask for; the first that the worker lists otherwise.")
    private Optional<String> model = Optional.empty();

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandLine.Model.CommandSpec spec;

    private final Clock clock = Clock.systemUTC();

    @Override
    public Integer call() throws InterruptedException {
        within("--tokens", tokens, 2, MOST_TOKENS);
        within("--short-tokens", shortTokens, 1, MOST_PROMPT);
        within("--rounds", rounds, 1, MOST_ROUNDS);
        within("--first-token-rounds", firstTokenRounds, 1, MOST_ROUNDS);
        promptTokens.ifPresent(count -> within("--prompt-tokens", count, 1, MOST_PROMPT));
        TargetFacts facts = new TargetProbe(hints()).probe(TargetProbe.baseUrl(url), false, false);
        SpeedPlan plan = new SpeedPlan(tokens, prefill(facts), shortTokens, rounds, firstTokenRounds);
        BenchReport report =
                new BenchReport(facts, plan, commandLine(), clock.instant(), measure(facts.target(), plan));
        PrintWriter out = spec.commandLine().getOut();
        report.lines().forEach(out::println);
        out.flush();
        json.ifPresent(file -> write(file, report.json()));
        return 0;
    }

    private List<Spread> measure(Target target, SpeedPlan plan) throws InterruptedException {
        List<Spread> spreads = new ArrayList<>();
        try (WorkerClient client = client(target);
                WorkerClient other = client(target)) {
            SpeedProbe probe = new SpeedProbe(client, target.wire(), () -> "bench-" + UUID.randomUUID(), LIMIT, plan);
            String prompt = probe.enduringPrompt();
            spreads.addAll(probe.decode(prompt));
            spreads.addAll(probe.prefill());
            spreads.addAll(probe.firstToken());
            if (target.healthPath().isPresent()) {
                HealthPoll poll = new HealthPoll(other, target.healthPath().get(), LIMIT);
                spreads.addAll(poll.during(probe, prompt, plan.rounds()));
            }
        } catch (MeasurementFailure failure) {
            throw new CommandFailure("" + failure.getMessage());
        }
        return spreads;
    }

    /** Connections are kept, as clients of a worker keep them; a connection's set-up is not the worker's speed. */
    private WorkerClient client(Target target) {
        return new OkHttpWorkerClient(
                target,
                new Transcript(new RecordingRoom(Long.MAX_VALUE)),
                clock,
                System::nanoTime,
                Connections.KEPT_ALIVE,
                OkHttpWorkerClient.DEFAULT_BODY_LIMIT);
    }

    private int prefill(TargetFacts facts) {
        long context = facts.capabilities().contextLength().orElse(Long.MAX_VALUE);
        if (promptTokens.filter(count -> count >= context).isPresent()) {
            throw new CommandFailure("--prompt-tokens is %d; the worker's context of %d leaves room for %d at most."
                    .formatted(promptTokens.get(), context, context - 1));
        }
        return promptTokens.orElse((int) Math.max(1, Math.min(MOST_TOKENS, context - SPARE)));
    }

    private TargetProbe.Hints hints() {
        return new TargetProbe.Hints(
                tokenFile.map(TokenFile::read),
                RunCommand.dialect(dialect),
                Optional.empty(),
                model,
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty());
    }

    /** What was typed, so that the figures can be taken again. */
    private String commandLine() {
        return "./touchstone "
                + String.join(" ", spec.commandLine().getParseResult().originalArgs());
    }

    private static void within(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new CommandFailure("%s is %d; accepted is %d to %d.".formatted(option, value, least, most));
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new CommandFailure(
                    "The figures cannot be written to '%s': %s; accepted is a file in a folder that exists."
                            .formatted(file, e.getClass().getSimpleName()));
        }
    }
}
