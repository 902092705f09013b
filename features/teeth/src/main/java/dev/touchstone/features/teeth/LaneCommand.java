package dev.touchstone.features.teeth;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.harness.cli.Command;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine;

/**
 * One lane of the matrix: a process of its own, since a process runs one run at a time. It reads a task a line from
 * standard input ({@code {"fault":"ID"}} or {@code {"innocent":"ID","rounds":N}}) and answers each by a line of JSON.
 */
@CommandLine.Command(name = "teeth-lane", hidden = true, description = "A lane of touchstone teeth; not for people.")
public final class LaneCommand implements Command, Callable<Integer> {

    @CommandLine.Option(names = "--out", required = true)
    private Path out = Path.of(".");

    private final ObjectMapper json = new ObjectMapper();

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setOut(System.err); // whatever a library prints must not pass for an answer
        FaultCatalogue catalogue = FaultCatalogue.load();
        Map<String, Innocent> innocents = Innocent.all().stream()
                .collect(Collectors.toMap(Innocent::id, Function.identity(), (a, _) -> a, LinkedHashMap::new));
        try (Trials trials = new Trials(Commands.told(), LiveGpu.told(), out);
                var tasks = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = tasks.readLine(); line != null; line = tasks.readLine()) {
                answers.println(answer(json.readTree(line), trials, catalogue, innocents));
            }
        }
        return 0;
    }

    private String answer(JsonNode task, Trials trials, FaultCatalogue catalogue, Map<String, Innocent> innocents)
            throws JsonProcessingException, InterruptedException {
        if (task.has("fault")) {
            Fault fault = catalogue.fault(task.path("fault").asText()).orElseThrow();
            return json.writeValueAsString(trials.judge(fault));
        }
        Innocent innocent = innocents.get(task.path("innocent").asText());
        return json.writeValueAsString(
                innocent == null
                        ? InnocentResult.void_(task.path("innocent").asText(), "There is no such oddity.")
                        : trials.judge(innocent, task.path("rounds").asInt(1)));
    }
}
