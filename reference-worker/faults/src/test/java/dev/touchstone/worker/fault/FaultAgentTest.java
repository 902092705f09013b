package dev.touchstone.worker.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent in a process of its own, as the launcher starts it. */
class FaultAgentTest {

    @TempDir
    Path work;

    @Test
    void weavesTheFaultAndReportsOnceThatItFired() throws Exception {
        Path report = work.resolve("fired.txt");
        Ended broken = run(FaultAgent.class, "seed-ignored," + report);
        assertThat(broken.status).as(broken.all()).isZero();
        assertThat(broken.output).hasSize(2).doesNotHaveDuplicates();
        assertThat(report).content().isEqualTo("seed-ignored\n");
    }

    @Test
    void leavesAProcessWithoutTheAgentAsItIs() throws Exception {
        Ended honest = run(List.of());
        assertThat(honest.status).as(honest.all()).isZero();
        assertThat(honest.output).hasSize(2);
        assertThat(honest.output.getFirst()).isEqualTo(honest.output.getLast());
    }

    @Test
    void servesWithoutAReport() throws Exception {
        assertThat(run(FaultAgent.class, "seed-ignored,").output).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void unknownFaultIsOneSentenceAndStatusOne() throws Exception {
        refuses(run(FaultAgent.class, "no-such-fault," + work.resolve("fired.txt")), "no-such-fault");
        assertThat(work.resolve("fired.txt")).doesNotExist();
    }

    @Test
    void reportThatCannotBeWrittenIsOneSentenceAndStatusOne() throws Exception {
        refuses(run(FaultAgent.class, "seed-ignored," + work.resolve("no/such/folder/fired.txt")), "no/such/folder");
    }

    @Test
    void classThatWasLoadedTooEarlyIsOneSentenceAndStatusOne() throws Exception {
        refuses(run(EarlyAgent.class, "seed-ignored,"), "was loaded before");
    }

    @Test
    void workerOfAnotherBuildIsOneSentenceAndStatusOne() throws Exception {
        Path stranger = work.resolve("other/dev/touchstone/worker/generate/ChainSampler.class");
        Files.createDirectories(stranger.getParent());
        Files.write(stranger, "not the class that was woven".getBytes(StandardCharsets.UTF_8));
        refuses(run(FaultAgent.class, "seed-ignored,", work.resolve("other") + File.pathSeparator), "another build");
    }

    /** A worker with a fault has no more on its class path than one without. */
    @Test
    void needsNoLibraryToReplaceClasses() throws Exception {
        String path = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("byte-buddy"))
                .collect(Collectors.joining(File.pathSeparator));
        Ended broken = runOn(path, agent(FaultAgent.class, "seed-ignored,"));
        assertThat(broken.status).as(broken.all()).isZero();
        assertThat(broken.output).hasSize(2).doesNotHaveDuplicates();
    }

    private static void refuses(Ended ended, String words) {
        assertThat(ended.status).as(ended.all()).isEqualTo(1);
        assertThat(ended.output).isEmpty();
        assertThat(ended.errors).hasSize(1);
        assertThat(ended.errors.getFirst()).contains(words).endsWith(".");
    }

    private record Ended(int status, List<String> output, List<String> errors) {
        String all() {
            return String.join("\n", output) + "\n" + String.join("\n", errors);
        }
    }

    private Ended run(Class<?> agent, String argument) throws IOException, InterruptedException {
        return run(agent, argument, "");
    }

    private Ended run(Class<?> agent, String argument, String pathBefore) throws IOException, InterruptedException {
        return runOn(pathBefore + System.getProperty("java.class.path"), agent(agent, argument));
    }

    private Ended run(List<String> options) throws IOException, InterruptedException {
        return runOn(System.getProperty("java.class.path"), options);
    }

    private List<String> agent(Class<?> agent, String argument) throws IOException {
        Path jar = work.resolve("agent.jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", agent.getName());
        try (var file = Files.newOutputStream(jar);
                var empty = new JarOutputStream(file, manifest)) {
            empty.finish();
        }
        return List.of("-javaagent:" + jar + "=" + argument);
    }

    private Ended runOn(String classPath, List<String> options) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        // the worker runs with this flag, too
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp"));
        command.add(classPath);
        command.add(SeedProbe.class.getName());
        Path output = work.resolve("out.txt");
        Path errors = work.resolve("err.txt");
        Process process = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("the process did not end within 60 s");
        }
        return new Ended(
                process.exitValue(),
                Files.readAllLines(output, StandardCharsets.UTF_8),
                Files.readAllLines(errors, StandardCharsets.UTF_8));
    }
}
