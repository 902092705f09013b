package dev.touchstone.ci;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is given to others holds no fault, by its files: the broken workers are in a distribution of their own. */
class DistributionIT {

    private static final List<String> FAULTY = List.of(
            "dev/touchstone/features/teeth/", "dev/touchstone/worker/fault/", "teeth/", "woven/", "net/bytebuddy/");
    private static final Path ROOT = Launcher.root();
    private static final Path KIT = ROOT.resolve("ci/target/kit/lib");
    private static final Path TEETH = ROOT.resolve("ci/target/teeth/lib");
    private static final Path WORKER = ROOT.resolve("reference-worker/target");

    @TempDir
    Path work;

    @Test
    void kitHoldsNoFault() throws IOException {
        holdsNoFault(jars(KIT, 40), 10_000, "dev/touchstone/harness/cli/Main.class");
    }

    @Test
    void workerHoldsNoFault() throws IOException {
        List<Path> jars = new ArrayList<>(jars(WORKER.resolve("lib"), 15));
        jars.addAll(jars(WORKER, 1));
        holdsNoFault(jars, 5_000, "dev/touchstone/worker/Main.class");
    }

    @Test
    void teethDistributionHoldsTheFaults() throws IOException {
        Set<String> entries = entries(jars(TEETH, 2));
        assertThat(entries)
                .contains(
                        "dev/touchstone/features/teeth/ServeFaultCommand.class",
                        "dev/touchstone/worker/fault/FaultAgent.class",
                        "teeth/faults.yaml",
                        "woven/faults");
        // what the kit or the worker has must not come a second time
        assertThat(entries.stream().filter(entry -> entry.startsWith("dev/touchstone/") && !isFaulty(entry)))
                .isEmpty();
    }

    /** A fault that is called live and not woven would be void on a GPU, where no build runs. */
    @Test
    void faultsThatTheCatalogueCallsLiveAreWoven() throws IOException {
        Set<String> woven = new TreeSet<>(text("woven/faults").lines().toList());
        List<String> live = new ArrayList<>();
        String id = "";
        for (String line : text("teeth/faults.yaml").lines().toList()) {
            id = line.startsWith("- id: ") ? line.substring(6).strip() : id;
            if (line.strip().equals("live: true")) {
                live.add(id);
            }
        }
        assertThat(live).hasSizeGreaterThanOrEqualTo(15);
        assertThat(woven).hasSizeGreaterThan(100).containsAll(live);
    }

    private static String text(String entry) throws IOException {
        for (Path path : jars(TEETH, 2)) {
            try (JarFile jar = new JarFile(path.toFile())) {
                ZipEntry found = jar.getEntry(entry);
                if (found != null) {
                    return new String(jar.getInputStream(found).readAllBytes(), StandardCharsets.UTF_8);
                }
            }
        }
        throw new AssertionError("no jar of the teeth has " + entry);
    }

    @Test
    void workerInProductionKnowsNoFaults() throws Exception {
        Ended worker = java(
                List.of("--add-modules", "jdk.incubator.vector"),
                jars(WORKER, 1).getFirst() + ":" + WORKER.resolve("lib") + "/*",
                "dev.touchstone.worker.Main",
                "serve",
                "--port",
                "0",
                "--fault",
                "seed-ignored");
        assertThat(worker.status).as(worker.all()).isEqualTo(1);
        assertThat(worker.output).isEmpty();
        assertThat(worker.errors).containsExactly("Unknown options: '--fault', 'seed-ignored'. See --help.");
    }

    @Test
    void kitInProductionKnowsNoTeeth() throws Exception {
        for (String command : List.of("teeth", "serve-fault")) {
            Ended kit = java(List.of(), KIT + "/*", "dev.touchstone.harness.cli.Main", command);
            assertThat(kit.status).as(kit.all()).isEqualTo(2);
            assertThat(kit.output).isEmpty();
            assertThat(kit.errors)
                    .containsExactly("touchstone: There is no command '" + command + "'. See touchstone --help.");
        }
    }

    private static List<String> faulty(Set<String> entries) {
        return entries.stream().filter(DistributionIT::isFaulty).toList();
    }

    private static boolean isFaulty(String entry) {
        String file = entry.replaceFirst("^META-INF/versions/[0-9]+/", "");
        return FAULTY.stream().anyMatch(file::startsWith);
    }

    private static void holdsNoFault(List<Path> jars, int atLeast, String known) throws IOException {
        assertThat(jars)
                .extracting(jar -> jar.getFileName().toString())
                .noneMatch(name -> name.contains("teeth") || name.contains("fault") || name.contains("byte-buddy"));
        Set<String> entries = entries(jars);
        assertThat(entries).hasSizeGreaterThanOrEqualTo(atLeast).contains(known);
        assertThat(faulty(entries)).isEmpty();
    }

    private static List<Path> jars(Path folder, int atLeast) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> jars = files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
            assertThat(jars).as("jars in " + folder).hasSizeGreaterThanOrEqualTo(atLeast);
            return jars;
        }
    }

    private static Set<String> entries(List<Path> jars) throws IOException {
        Set<String> entries = new TreeSet<>();
        for (Path path : jars) {
            try (JarFile jar = new JarFile(path.toFile())) {
                jar.stream()
                        .filter(entry -> !entry.isDirectory())
                        .map(ZipEntry::getName)
                        .forEach(entries::add);
            }
        }
        return entries;
    }

    private record Ended(int status, List<String> output, List<String> errors) {
        String all() {
            return String.join("\n", output) + "\n" + String.join("\n", errors);
        }
    }

    private Ended java(List<String> flags, String classPath, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-cp", classPath));
        command.addAll(List.of(words));
        Path output = work.resolve("out.txt");
        Path errors = work.resolve("err.txt");
        Process process = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("it did not end within 60 s: " + command);
        }
        return new Ended(
                process.exitValue(),
                Files.readAllLines(output, StandardCharsets.UTF_8),
                Files.readAllLines(errors, StandardCharsets.UTF_8).stream()
                        .filter(line -> !line.startsWith("WARNING: Using incubator modules"))
                        .toList());
    }
}
