package dev.touchstone.worker.engine.start;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Keeps C2, the JVM's optimizing compiler, from the host's side of a GPU worker, all but the sampler, which goes over every
 * logit. The GPU sets the pace there: what C1 compiles serves as quickly (docs/gpu.md), while C2's code, profiles and
 * arenas made host memory grow by 5 % over the first 500 jobs. The form is that of JEP 165, compiler directives.
 */
public final class SparingJit {
    private static final String DIRECTIVES = """
            [{match: ["dev/touchstone/worker/generate/*.*"], c2: {Exclude: false}},
             {match: ["*.*"], c2: {Exclude: true}}]
            """;
    private static final String DONE = "2 compiler directives added";

    private SparingJit() {}

    /**
     * Tells the JVM of this process; what C2 has compiled by then stays.
     *
     * @return why the JVM goes on as before, if it does
     */
    public static Optional<String> begin() {
        try {
            Path file = Files.createTempFile("touchstone-", ".json");
            try {
                Files.writeString(file, DIRECTIVES);
                String answer = command("compilerDirectivesAdd", "\"" + file + "\"");
                return answer.contains(DONE) ? Optional.empty() : Optional.of(answer.strip());
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException | JMException | RuntimeException e) {
            return Optional.of(e.getClass().getSimpleName());
        }
    }

    /** A command of {@code jcmd}, to this process itself. */
    static String command(String name, String... arguments) throws JMException {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName commands = new ObjectName("com.sun.management:type=DiagnosticCommand");
        return arguments.length == 0
                ? String.valueOf(server.invoke(commands, name, new Object[0], new String[0]))
                : String.valueOf(server.invoke(
                        commands, name, new Object[] {arguments}, new String[] {String[].class.getName()}));
    }
}
