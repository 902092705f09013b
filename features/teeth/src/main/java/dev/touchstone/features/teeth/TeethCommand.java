package dev.touchstone.features.teeth;

import dev.touchstone.harness.cli.Command;
import dev.touchstone.harness.cli.CommandFailure;
import dev.touchstone.harness.cli.TeethRenderer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** {@code touchstone teeth}: proves the kit by broken workers, and by odd ones. */
@CommandLine.Command(
        name = "teeth",
        description = "Proves the kit: has it judge workers that are broken in known ways, and odd but legal ones.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Exit status: 0 every fault was named and no innocent was blamed; 1 a survivor, a void trial, a false",
            "alarm or a gap in the catalogue; 2 the kit failed."
        })
public final class TeethCommand implements Command, Callable<Integer> {

    @CommandLine.Option(names = "--all", description = "Every fault and every innocent; without it the fast tier.")
    private boolean all;

    @CommandLine.Option(
            names = "--only",
            paramLabel = "LIST",
            description =
                    "Only these: ids of faults, innocents, requirements, areas, field bugs (B19), or wire, worker,"
                            + " host, faults, innocents.")
    private Optional<String> only = Optional.empty();

    @CommandLine.Option(names = "--list", description = "Show the catalogue and run nothing.")
    private boolean list;

    @CommandLine.Option(names = "--noise", description = "Keep every core busy meanwhile.")
    private boolean noise;

    @CommandLine.Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many times in a row an innocent is judged; default ${DEFAULT-VALUE}.")
    private String rounds = "1";

    @CommandLine.Option(
            names = "--lanes",
            paramLabel = "N",
            description =
                    "How many trials run beside each other; default two more than cores, at most 6, for trials wait a third of their time.")
    private Optional<String> lanes = Optional.empty();

    @CommandLine.Option(
            names = "--gpu-device",
            paramLabel = "N",
            description =
                    "Have workers on this GPU show those faults live that one can have, and run only those; needs --model.")
    private Optional<String> gpuDevice = Optional.empty();

    @CommandLine.Option(
            names = "--model",
            paramLabel = "FILE",
            description = "The model of the workers on the GPU, 2 GiB or more.")
    private Optional<Path> model = Optional.empty();

    @CommandLine.Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "target/teeth",
            description = "Where the results go; default ${DEFAULT-VALUE}.")
    private Path out = Path.of("target", "teeth");

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        FaultCatalogue catalogue = FaultCatalogue.load();
        List<Innocent> innocents = Innocent.all();
        Chosen chosen = only.map(selection -> Chosen.select(selection, catalogue, innocents))
                .orElseGet(() -> Chosen.tier(all, catalogue, innocents));
        PrintWriter screen = spec.commandLine().getOut();
        if (list) {
            new CatalogueText(screen)
                    .print(catalogue, only.isPresent() ? chosen : Chosen.tier(true, catalogue, innocents));
            return 0;
        }
        Commands.told(); // says what is missing before anything is begun
        if (gpuDevice.isPresent()) {
            LiveGpu.of(gpuDevice.get(), model).tell();
            Chosen whole = only.isPresent() ? chosen : Chosen.tier(true, catalogue, innocents);
            return judge(
                    catalogue, LiveGpu.of(whole, only.isPresent() && !only.get().equals("host")), screen);
        }
        return judge(catalogue, chosen, screen);
    }

    private int judge(FaultCatalogue catalogue, Chosen chosen, PrintWriter screen) throws InterruptedException {
        if (chosen.isEmpty()) {
            throw new CommandFailure("Nothing was chosen; see touchstone teeth --list.");
        }
        Instant startedAt = Instant.now();
        long begun = System.nanoTime();
        int beside = lanes.map(text -> number("--lanes", text)).orElseGet(this::defaultLanes);
        if (gpuDevice.isPresent() && beside > 1) {
            throw new CommandFailure(
                    "--lanes is " + beside
                            + "; with --gpu-device accepted is 1, for one worker's memory and traffic would be seen as another's.");
        }
        int times = number("--rounds", rounds);
        TeethAccount account = new TeethAccount(screen, chosen, noise, beside);
        account.begin();
        Matrix.Results results;
        try (Noise cores = Noise.begin(noise)) {
            results = new Matrix(out, beside, times, account::result).judge(chosen);
            if (noise && cores.last() == 0) {
                throw new CommandFailure("The noise never began, so nothing was shown about a loaded machine.");
            }
        }
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        List<String> complaints = Ledger.complaints(catalogue, results, only.isEmpty() && gpuDevice.isEmpty());
        String tier = only.isPresent() || gpuDevice.isPresent() ? "selected" : all ? "all" : "fast";
        MatrixJson.Manner manner = new MatrixJson.Manner(tier, noise, times, beside, startedAt, took);
        account.end(results, complaints, took, write(new MatrixJson(catalogue, results).text(manner)));
        return complaints.isEmpty() ? 0 : 1;
    }

    /** Returns the page that a person should open. */
    private Path write(String text) {
        try {
            Files.createDirectories(out);
            Path file = out.resolve("teeth.json");
            Files.writeString(file, text);
            Path shown = file;
            for (TeethRenderer renderer : ServiceLoader.load(TeethRenderer.class)) {
                shown = renderer.render(out);
            }
            return shown;
        } catch (IOException e) {
            throw new CommandFailure("The results cannot be written to " + out + ": " + e.getMessage() + ".");
        }
    }

    private int defaultLanes() {
        return gpuDevice.isPresent() ? 1 : Math.clamp(Runtime.getRuntime().availableProcessors() + 2, 2, 6);
    }

    private static int number(String option, String text) {
        if (!text.matches("[1-9][0-9]?")) {
            throw new CommandFailure(option + " is '" + text + "'; accepted is a number from 1 to 99.");
        }
        return Integer.parseInt(text);
    }
}
