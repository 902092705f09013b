package dev.touchstone.worker.fault.host;

import dev.touchstone.worker.fault.NotWoven;
import dev.touchstone.worker.fault.WovenFault;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Serves one worker after another for the kit's own proof. A line of standard input is a task, its words apart by tabs, and
 * is answered by a line of standard output:
 *
 * <ul>
 *   <li>{@code fits FAULT}: {@code yes}, or {@code no} where the fault is in more than the worker's classes
 *   <li>{@code serve FAULT REPORT ARGUMENT...}, FAULT empty for an honest worker: {@code listening on URL}, or
 *       {@code failed} and why
 *   <li>{@code stop}: {@code clean}, or {@code left} and the threads that did not end: what they still do would be taken
 *       for the next worker's doing, so this process must not serve another
 * </ul>
 *
 * What the workers print goes to standard error. The process ends with its input.
 */
public final class WorkerHost {

    private static final int BAD_TASK = 2;

    private final Listening listening;
    private Optional<Hosted> hosted = Optional.empty();

    private WorkerHost(Listening listening) {
        this.listening = listening;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Listening listening = new Listening(System.err);
        System.setOut(listening.stream());
        WorkerHost host = new WorkerHost(listening);
        try (var tasks = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = tasks.readLine(); line != null; line = tasks.readLine()) {
                answers.println(host.answer(List.of(line.split("\t", -1))));
            }
        }
        // whatever a broken worker has left behind, no hook of it shall be waited for
        Runtime.getRuntime().halt(0);
    }

    private String answer(List<String> task) throws InterruptedException {
        try {
            return switch (task.getFirst()) {
                case "fits" -> OwnClasses.fits(fault(task.get(1)).orElseThrow()) ? "yes" : "no";
                case "serve" -> serve(task.get(1), task.get(2), task.subList(3, task.size()));
                case "stop" -> stop();
                default -> throw new IllegalArgumentException("there is no task " + task.getFirst());
            };
        } catch (NotWoven | ReflectiveOperationException e) {
            return "failed " + e.getMessage();
        } catch (RuntimeException e) {
            System.err.println("bad task " + task + ": " + e);
            Runtime.getRuntime().halt(BAD_TASK);
            throw e;
        }
    }

    private static Optional<WovenFault> fault(String id) throws NotWoven {
        if (id.isEmpty()) {
            return Optional.empty();
        }
        Optional<WovenFault> fault = WovenFault.read(id);
        if (fault.isEmpty()) {
            throw new NotWoven("There is no worker fault '" + id + "'.");
        }
        return fault;
    }

    private String serve(String fault, String report, List<String> arguments)
            throws NotWoven, ReflectiveOperationException, InterruptedException {
        listening.forget();
        Hosted worker = Hosted.begin(fault(fault), fault, report, arguments);
        hosted = Optional.of(worker);
        return listening
                .await(worker::alive)
                .orElse("failed The worker " + fault + " " + Arrays.toString(arguments.toArray())
                        + " did not listen; see the host's log.");
    }

    private String stop() throws InterruptedException {
        List<String> left = hosted.isPresent() ? hosted.get().stop() : List.of();
        hosted = Optional.empty();
        return left.isEmpty() ? "clean" : "left " + String.join(", ", left);
    }
}
