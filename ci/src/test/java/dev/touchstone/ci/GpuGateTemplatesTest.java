package dev.touchstone.ci;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.touchstone.harness.cli.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The workflow templates are YAML that calls the gate's script where it lies, by options that it has. */
class GpuGateTemplatesTest {
    private static final Path ROOT = Launcher.root();
    private static final Path TEMPLATES = ROOT.resolve("ci/templates");
    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--[a-z][a-z-]*");

    @Test
    void jobAsksForOneGpuAndNeverRunsTwice() throws IOException {
        JsonNode job = yaml("kubernetes-gpu-gate.yaml");
        assertThat(job.path("kind").asText()).isEqualTo("Job");
        assertThat(job.path("apiVersion").asText()).isEqualTo("batch/v1");
        assertThat(job.at("/spec/backoffLimit").isInt()).isTrue();
        assertThat(job.at("/spec/backoffLimit").asInt()).isZero();
        JsonNode pod = job.at("/spec/template/spec");
        assertThat(pod.path("restartPolicy").asText()).isEqualTo("Never");
        assertThat(pod.at("/containers/0/resources/limits/nvidia.com~1gpu").asInt())
                .isEqualTo(1);
        assertThat(pod.at("/containers/0/volumeMounts/0/name")).isEqualTo(pod.at("/volumes/0/name"));
        assertCallsTheGate(words(pod.at("/containers/0/command"), pod.at("/containers/0/args")));
    }

    @Test
    void gitHubKeepsTheReportWhateverCame() throws IOException {
        JsonNode job = yaml("github-gpu-gate.yml").at("/jobs/gpu-gate");
        assertThat(words(job.path("runs-on"))).contains("gpu");
        List<JsonNode> steps = job.path("steps").valueStream().toList();
        assertThat(steps)
                .filteredOn(step -> step.path("uses").asText().startsWith("actions/upload-artifact@"))
                .hasSize(1)
                .allMatch(step -> step.path("if").asText().equals("always()"))
                .allMatch(step -> step.at("/with/path").asText().equals("gpu-gate-report"));
        assertThat(job.has("continue-on-error")).isFalse();
        assertThat(steps).noneMatch(step -> step.has("continue-on-error"));
        List<String> gates = steps.stream()
                .map(step -> step.path("run").asText())
                .filter(run -> run.contains("ci/gpu-gate"))
                .toList();
        assertThat(gates).hasSize(1);
        assertCallsTheGate(List.of(gates.getFirst().split(" ")));
    }

    @Test
    void gitLabKeepsTheReportWhateverCame() throws IOException {
        JsonNode job = yaml("gitlab-gpu-gate.yml").path("gpu-gate");
        assertThat(words(job.path("tags"))).containsExactly("gpu");
        assertThat(job.at("/artifacts/when").asText()).isEqualTo("always");
        assertThat(job.at("/artifacts/reports/junit").asText()).isEqualTo("gpu-gate-report/junit.xml");
        assertThat(job.has("allow_failure")).isFalse();
        assertThat(job.path("script")).hasSize(1);
        assertCallsTheGate(List.of(job.at("/script/0").asText().split(" ")));
    }

    @Test
    void everyOptionThatIsNamedExists() throws Exception {
        Set<String> gate = options(help());
        assertThat(gate).contains("--url", "--command", "--model", "--out");
        try (Stream<Path> templates = Files.list(TEMPLATES)) {
            for (Path template : templates.toList()) {
                String text = Files.readString(template);
                // Options of the worker in an example of --command are the worker's own.
                assertThat(gate).as(template.toString()).containsAll(options(text.replaceAll("'my-worker[^']*'", "")));
            }
        }
        String script = Files.readString(ROOT.resolve("ci/gpu-gate"));
        Set<String> run = optionsOf("run");
        assertThat(run).contains("--require", "--only", "--out", "--worker-command", "--token-file", "--break-engine");
        for (String option :
                List.of("--require", "--only", "--out", "--worker-command", "--token-file", "--break-engine")) {
            assertThat(script).contains(option);
        }
    }

    private static void assertCallsTheGate(List<String> words) throws IOException {
        assertThat(Files.isExecutable(ROOT.resolve(words.getFirst())))
                .as("%s is a script of this repository", words.getFirst())
                .isTrue();
        assertThat(words).contains("--out");
    }

    private static JsonNode yaml(String name) throws IOException {
        return new YAMLMapper().readTree(TEMPLATES.resolve(name).toFile());
    }

    private static List<String> words(JsonNode... lists) {
        return Stream.of(lists)
                .flatMap(list -> list.valueStream().map(JsonNode::asText))
                .toList();
    }

    private static Set<String> options(String text) {
        return new HashSet<>(
                OPTION.matcher(text).results().map(match -> match.group()).toList());
    }

    private static String help() throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(ROOT.resolve("ci/gpu-gate").toString(), "--help"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).isZero();
        return text;
    }

    /** The options of a command of the kit. */
    private static Set<String> optionsOf(String name) {
        return ServiceLoader.load(Command.class).stream()
                .map(provider -> new CommandLine(provider.get()))
                .filter(command -> command.getCommandName().equals(name))
                .findFirst()
                .orElseThrow()
                .getCommandSpec()
                .optionsMap()
                .keySet();
    }
}
