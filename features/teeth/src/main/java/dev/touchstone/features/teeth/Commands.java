package dev.touchstone.features.teeth;

import dev.touchstone.harness.cli.CommandFailure;
import dev.touchstone.harness.launch.CommandTemplate;
import java.util.Optional;

/**
 * How the launcher starts workers.
 *
 * @param honest template of the real worker's command, with {@code {port}}
 * @param faulty template of the same with an agent in its process: also {@code {fault}} and {@code {report}}
 * @param host of the process that serves one worker after another, see {@link HostedWorkers}
 */
record Commands(String honest, String faulty, String host) {

    /** The ones that the launcher told this process. */
    static Commands told() {
        return new Commands(
                told("touchstone.worker.command"), told("touchstone.faulty.command"), told("touchstone.host.command"));
    }

    private static String told(String property) {
        return Optional.ofNullable(System.getProperty(property))
                .orElseThrow(
                        () -> new CommandFailure("The teeth need the launcher: start them by ./touchstone teeth (-D"
                                + property + " is not set)."));
    }

    String honest(String options) {
        return joined(honest, options);
    }

    String faulty(String fault, String report, String options) {
        return joined(
                new CommandTemplate(faulty)
                        .filling("fault", fault)
                        .filling("report", report)
                        .text(),
                options);
    }

    private static String joined(String command, String options) {
        return options.isEmpty() ? command : command + " " + options;
    }
}
