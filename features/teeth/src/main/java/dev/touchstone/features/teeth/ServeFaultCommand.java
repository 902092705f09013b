package dev.touchstone.features.teeth;

import dev.touchstone.features.teeth.wire.TrafficChange;
import dev.touchstone.features.teeth.wire.WireFaults;
import dev.touchstone.harness.cli.Command;
import dev.touchstone.harness.cli.CommandFailure;
import dev.touchstone.harness.contract.NearMatches;
import dev.touchstone.harness.launch.CommandTemplate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/**
 * {@code touchstone serve --fault NAME}: a worker that is broken in one known way, in the foreground, for those who write
 * clients. The launcher sends that command line here; whatever is not an option of this command is one of the worker's.
 */
@CommandLine.Command(
        name = "serve-fault",
        hidden = true,
        description = "Serves a worker that is broken in one known way; further options are those of serve.",
        mixinStandardHelpOptions = true)
public final class ServeFaultCommand implements Command, Callable<Integer> {

    @CommandLine.Option(
            names = "--fault",
            paramLabel = "NAME",
            required = true,
            description = "What is wrong with it; touchstone teeth --list shows all.")
    private String name = "";

    @CommandLine.Option(names = "--port", defaultValue = "8080", description = "Port; 0 for any free one.")
    private String port = "8080";

    @CommandLine.Unmatched
    private List<String> options = new ArrayList<>();

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        int number = port(port);
        Fault fault = servable(name, FaultCatalogue.load().faults());
        BrokenWorker worker = new BrokenWorker(
                fault, number, spec.commandLine().getOut(), spec.commandLine().getErr());
        return switch (fault.layer()) {
            case WIRE -> {
                refuseHost(fault, options);
                TrafficChange change = WireFaults.named(fault.id())
                        .orElseThrow(() -> new CommandFailure(
                                "The fault '" + fault.id() + "' is in the catalogue and not in this build."));
                yield worker.behindProxy(template(Commands.told().honest(fault.options())), change);
            }
            case WORKER, HOST -> {
                refuseWithoutGpu(fault, options);
                yield worker.withAgent(template(Commands.told().faulty(fault.id(), "", fault.options())));
            }
        };
    }

    private CommandTemplate template(String command) {
        return new CommandTemplate(command).withWords(options);
    }

    /** What is left to the worker. */
    List<String> options() {
        return List.copyOf(options);
    }

    /**
     * The fault of that name.
     *
     * @throws CommandFailure with one sentence when there is none, or none that this command can serve
     */
    static Fault servable(String name, List<Fault> known) {
        List<String> near = NearMatches.of(name, known.stream().map(Fault::id).toList());
        Fault fault = known.stream()
                .filter(one -> one.id().equals(name))
                .findFirst()
                .orElseThrow(() -> new CommandFailure("There is no fault '" + name + "'; "
                        + (near.isEmpty()
                                ? "touchstone teeth --list shows all " + known.size() + "."
                                : "near it are " + String.join(", ", near) + ".")));
        if (fault.layer() == Layer.HOST && !fault.live()) {
            throw new CommandFailure("The fault '" + name
                    + "' cannot be served, for there is only what was recorded of it; touchstone teeth --only " + name
                    + " judges that.");
        }
        return fault;
    }

    static int port(String text) {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65_535) {
            throw new CommandFailure("--port is '" + text + "'; accepted is a number from 0 to 65535, 0 for any port.");
        }
        return Integer.parseInt(text);
    }

    /** It would be served, and not show. */
    static void refuseWithoutGpu(Fault fault, List<String> options) {
        boolean named = options.stream()
                .anyMatch(option -> option.equals("--gpu-device") || option.startsWith("--gpu-device="));
        if (fault.layer() == Layer.HOST && !named) {
            throw new CommandFailure(
                    "The fault '" + fault.id()
                            + "' is one of a worker on a GPU; add --gpu-device N, and --model FILE for a model that fills some of it.");
        }
    }

    /** The worker behind the proxy would listen there, and be without the fault. */
    static void refuseHost(Fault fault, List<String> options) {
        if (options.stream().anyMatch(option -> option.equals("--host") || option.startsWith("--host="))) {
            throw new CommandFailure("--host cannot be given with the fault '" + fault.id()
                    + "', which is served on 127.0.0.1 only; leave it out.");
        }
    }
}
