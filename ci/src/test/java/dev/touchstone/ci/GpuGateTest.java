package dev.touchstone.ci;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The gate's script beside a launcher that only notes how it was called, on a machine whose GPU is pretended or hidden. */
class GpuGateTest {
    private static final List<String> TOOLS =
            List.of("awk", "cat", "dirname", "mkdir", "mktemp", "readlink", "rm", "touch");
    private static final String REPORTS = "report.html junit.xml conformance.json summary.md";
    private static final String GPU = "echo 'GPU 0: Pretended H200 (UUID: GPU-1)'";

    @TempDir
    Path work;

    private Path home = Path.of("");
    private Path tools = Path.of("");

    @BeforeEach
    void unpack() throws IOException {
        home = Files.createDirectories(work.resolve("home of touchstone"));
        tools = Files.createDirectories(work.resolve("tools"));
        Files.createDirectories(home.resolve("ci"));
        Files.copy(Launcher.root().resolve("ci/gpu-gate"), home.resolve("ci/gpu-gate"));
        for (String tool : TOOLS) {
            script(tools.resolve(tool), "exec '%s' \"$@\"".formatted(onPath(tool)));
        }
        launcher("exit 0", REPORTS);
    }

    @Test
    void isNotGreenWithoutADriver() throws Exception {
        assertSaysNoGpu(gate());
    }

    @ParameterizedTest
    @ValueSource(strings = {"echo 'NVIDIA-SMI has failed'; exit 9", "echo 'No devices were found'", "true"})
    void isNotGreenWhereTheDriverSeesNoGpu(String nvidiaSmi) throws Exception {
        script(tools.resolve("nvidia-smi"), nvidiaSmi);
        assertSaysNoGpu(gate("--url", "http://127.0.0.1:8080"));
    }

    @ParameterizedTest
    @CsvSource({
        "--gpus 1,There is no option '--gpus'",
        "--url,--url needs a value",
        "--url http://a --command b,Of --url; --command and --model 2 were given",
        "--gpu-device first,--gpu-device is 'first'; accepted is a number from 0.",
        "--model none.gguf,--model is 'none.gguf'; which is no file",
        "--token-file none,--token-file is 'none'; which is no file"
    })
    void refusesABadOptionInOneSentence(String options, String sentence) throws Exception {
        Ended gate = gate(options.split(" "));
        assertThat(gate.status()).isEqualTo(2);
        assertThat(gate.lines()).hasSize(1);
        assertThat(gate.lines().getFirst()).startsWith("gpu-gate: ");
        assertThat(gate.lines().getFirst().replace(',', ';')).contains(sentence);
        assertThat(home.resolve("calls")).doesNotExist();
    }

    @Test
    void judgesTheReferenceWorkerWithASmallModelAndWithALargeOne() throws Exception {
        script(tools.resolve("nvidia-smi"), GPU);
        Ended gate = gate("--out", "reports", "--gpu-device", "1");
        assertThat(gate.status()).as(gate.output()).isZero();
        List<String> calls = Files.readAllLines(home.resolve("calls"));
        String serve = "run --worker-command java serve --port {port} --gpu-device 1";
        assertThat(calls).hasSize(3);
        assertThat(calls.get(0)).startsWith("model synth --shape qwen2.5-0.5b --type F16 --seed 1 --out ");
        assertThat(calls.get(1)).isEqualTo(serve + " --only core,openai,launch,perf --out reports");
        assertThat(calls.get(2))
                .startsWith(serve + " --model '")
                .endsWith("--model-bytes 988065792 --only gpu --require gpu --out reports/gpu");
        assertThat(work.resolve("reports/gpu.txt")).content().contains("Pretended H200");
        assertThat(work.resolve("reports/gpu/summary.md")).exists();
        assertThat(gate.lines().getLast()).isEqualTo("gpu-gate: exit status 0");
    }

    @ParameterizedTest
    @CsvSource({"0,0,0", "1,0,1", "0,1,1", "2,1,2", "1,2,2", "2,0,2"})
    void endsByTheWorseOfBothRuns(int small, int large, int status) throws Exception {
        script(tools.resolve("nvidia-smi"), GPU);
        launcher("case \"$*\" in *'--require gpu'*) exit %d ;; run*) exit %d ;; esac".formatted(large, small), REPORTS);
        assertThat(gate().status()).isEqualTo(status);
    }

    @Test
    void judgesAnyWorker() throws Exception {
        script(tools.resolve("nvidia-smi"), GPU);
        Path model = Files.writeString(work.resolve("m.gguf"), "").toRealPath();
        assertThat(gate("--command", "my-worker --port {port}", "--break-engine", "kill {pid}")
                        .status())
                .isZero();
        assertThat(gate("--url", "http://127.0.0.1:8080").status()).isZero();
        assertThat(gate("--model", "m.gguf").status()).isZero();
        assertThat(Files.readAllLines(home.resolve("calls")))
                .containsExactly(
                        "run --worker-command my-worker --port {port} --require gpu --break-engine kill {pid}"
                                + " --out target/gpu-gate",
                        "run http://127.0.0.1:8080 --require gpu --out target/gpu-gate",
                        "run --worker-command java serve --port {port} --gpu-device 0 --model '" + model
                                + "' --model-bytes 988065792 --require gpu --out target/gpu-gate");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void endsByTheStatusOfTheKit(int status) throws Exception {
        script(tools.resolve("nvidia-smi"), GPU);
        launcher("exit " + status, REPORTS);
        assertThat(gate("--url", "http://127.0.0.1:8080").status()).isEqualTo(status);
    }

    @Test
    void isNotGreenWithoutReports() throws Exception {
        script(tools.resolve("nvidia-smi"), GPU);
        launcher("exit 0", "report.html junit.xml conformance.json");
        Path old = Files.createDirectories(work.resolve("target/gpu-gate")).resolve("summary.md");
        Files.writeString(old, "of an earlier run");
        Ended gate = gate("--url", "http://127.0.0.1:8080");
        assertThat(gate.status()).isEqualTo(2);
        assertThat(gate.lines().getLast()).contains("left no target/gpu-gate/summary.md");
    }

    private void assertSaysNoGpu(Ended gate) {
        assertThat(gate.status()).isEqualTo(2);
        assertThat(gate.lines())
                .containsExactly("gpu-gate: No GPU was found on this machine (nvidia-smi -L names none), so nothing was"
                        + " judged; run the gate on a runner with an NVIDIA GPU and its driver.");
        assertThat(home.resolve("calls")).doesNotExist();
    }

    /** A launcher that notes its words, leaves some reports where --out says, and ends as it is told. */
    private void launcher(String end, String reports) throws IOException {
        script(home.resolve("touchstone"), """
                [ "$1" = --worker-command ] && { echo "java serve --port {port}"; exit 0; }
                [ "$1 $2" = 'model info' ] && { echo 'tensor bytes   988,065,792'; exit 0; }
                echo "$*" >>'%s'
                words="$*"
                while [ $# -gt 0 ]; do [ "$1" = --out ] && out=$2; shift; done
                if [ -d "$out" ]; then for report in %s; do echo made >"$out/$report"; done; else touch "$out"; fi
                set -- $words
                %s
                """.formatted(home.resolve("calls"), reports, end));
    }

    private void script(Path file, String text) throws IOException {
        Files.writeString(file, "#!" + onPath("bash") + "\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Path onPath(String tool) {
        for (String folder : System.getenv("PATH").split(":")) {
            if (Files.isExecutable(Path.of(folder, tool))) {
                return Path.of(folder, tool);
            }
        }
        throw new AssertionError(tool + " is not on PATH");
    }

    private Ended gate(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(onPath("bash").toString(), home.resolve("ci/gpu-gate").toString()));
        command.addAll(List.of(options));
        Path log = work.resolve("terminal.txt");
        ProcessBuilder gate = new ProcessBuilder(command)
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        gate.environment().put("PATH", tools.toString());
        Process process = gate.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), Files.readString(log));
    }

    private record Ended(int status, String output) {
        List<String> lines() {
            return output.lines().toList();
        }
    }
}
