package dev.touchstone.ci;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The layers of the design, as rules. Each says how many classes it must at least look at, so none passes on nothing. */
class ArchitectureTest {

    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.touchstone");

    @Test
    void kitNeverSeesTheWorker() {
        atLeast(40, "dev.touchstone.harness", "dev.touchstone.features");
        noClasses()
                .that()
                .resideInAnyPackage("dev.touchstone.harness..", "dev.touchstone.features..", "dev.touchstone.reports..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.touchstone.worker..", "io.undertow..")
                .check(ALL);
    }

    @Test
    void workerNeverSeesTheKit() {
        atLeast(40, "dev.touchstone.worker");
        noClasses()
                .that()
                .resideInAPackage("dev.touchstone.worker..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.touchstone.harness..",
                        "dev.touchstone.features..",
                        "dev.touchstone.reports..",
                        "okhttp3..")
                .check(ALL);
    }

    @Test
    void harnessNeverSeesFeatures() {
        atLeast(40, "dev.touchstone.harness");
        noClasses()
                .that()
                .resideInAPackage("dev.touchstone.harness..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.touchstone.features..", "dev.touchstone.reports..", "io.cucumber..", "org.junit..")
                .check(ALL);
    }

    @Test
    void reportsReadFilesAndKnowOnlyTheRendererInterface() {
        atLeast(5, "dev.touchstone.reports");
        noClasses()
                .that()
                .resideInAPackage("dev.touchstone.reports..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.touchstone.features..",
                        "dev.touchstone.harness.check..",
                        "dev.touchstone.harness.client..",
                        "dev.touchstone.harness.contract..",
                        "dev.touchstone.harness.launch..",
                        "dev.touchstone.harness.sse..",
                        "dev.touchstone.harness.target..",
                        "dev.touchstone.harness.transcript..",
                        "dev.touchstone.harness.verdict..")
                .check(ALL);
    }

    @Test
    void stepsAreThinAndNeverSpeakHttp() {
        atLeast(8, "dev.touchstone.features.steps");
        noClasses()
                .that()
                .resideInAPackage("dev.touchstone.features.steps..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("okhttp3..", "java.net.http..", "org.assertj..", "org.junit.jupiter..")
                .check(ALL);
    }

    @Test
    void checksArePureFunctions() {
        atLeast(12, "dev.touchstone.harness.check");
        noClasses()
                .that()
                .resideInAPackage("dev.touchstone.harness.check..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.touchstone.harness.client..", "dev.touchstone.harness.launch..", "okhttp3..")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.Thread")
                .check(ALL);
    }

    @Test
    void engineNeverWritesToASocket() {
        atLeast(8, "dev.touchstone.worker.engine");
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.touchstone.worker.engine..",
                        "dev.touchstone.worker.generate..",
                        "dev.touchstone.worker.model..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.undertow..", "org.xnio..", "java.net..", "dev.touchstone.worker.http..")
                .check(ALL);
    }

    /** Workers of one process share these, see OwnClasses of the faults; commands that make or show models never serve. */
    @Test
    void engineModelAndSamplerStandAloneAndKeepNoState() {
        String[] shared = {
            "dev.touchstone.worker.engine..", "dev.touchstone.worker.generate..", "dev.touchstone.worker.model.."
        };
        atLeast(100, "dev.touchstone.worker");
        noClasses()
                .that()
                .resideInAnyPackage(shared)
                .and()
                .haveSimpleNameNotEndingWith("Command")
                .should()
                .dependOnClassesThat(resideInAPackage("dev.touchstone.worker..").and(not(resideInAnyPackage(shared))))
                .check(ALL);
        noClasses()
                .that()
                .resideInAnyPackage("dev.touchstone.worker.generate..", "dev.touchstone.worker.model..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.touchstone.worker.engine..")
                .check(ALL);
        fields().that()
                .areDeclaredInClassesThat()
                .resideInAnyPackage(shared)
                .and()
                .areStatic()
                .should()
                .beFinal()
                .check(ALL);
    }

    @Test
    void onlyTheGpuEngineKnowsCuda() {
        atLeast(25, "dev.touchstone.worker.engine.cuda");
        noClasses()
                .that()
                // and the faults that it can have, which no distribution has
                .resideOutsideOfPackages("dev.touchstone.worker.engine.cuda..", "dev.touchstone.worker.fault..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jcuda..")
                .check(ALL);
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.touchstone.worker.http..",
                        "dev.touchstone.worker.job..",
                        "dev.touchstone.worker.generate..",
                        "dev.touchstone.worker.openai..",
                        "dev.touchstone.worker.engine.cpu..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.touchstone.worker.engine.cuda..")
                .check(ALL);
    }

    @Test
    void nothingKnowsTheTeeth() {
        atLeast(10, "dev.touchstone.features.teeth");
        atLeast(100, "dev.touchstone.harness", "dev.touchstone.features.run", "dev.touchstone.features.steps");
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.touchstone.features.teeth..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.touchstone.features.teeth..")
                .check(ALL);
    }

    @Test
    void nothingKnowsTheFaultsOfTheWorker() {
        atLeast(5, "dev.touchstone.worker.fault");
        atLeast(100, "dev.touchstone.worker");
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.touchstone.worker.fault..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.touchstone.worker.fault..", "net.bytebuddy..")
                .check(ALL);
    }

    @Test
    void teethNeverSeeTheWorker() {
        atLeast(10, "dev.touchstone.features.teeth");
        atLeast(10, "dev.touchstone.features.teeth.wire");
        noClasses()
                .that()
                .resideInAPackage("dev.touchstone.features.teeth..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.touchstone.worker..", "io.undertow..", "net.bytebuddy..")
                .check(ALL);
    }

    @Test
    void namesSayWhatThingsAre() {
        classes()
                .that()
                .resideInAPackage("dev.touchstone..")
                .should()
                .haveNameNotMatching(".*(Util|Utils|Helper|Manager|Impl)(\\$.*)?")
                .check(ALL);
    }

    private static void atLeast(int count, String... packages) {
        long found = ALL.stream()
                .filter(c -> java.util.Arrays.stream(packages)
                        .anyMatch(p -> c.getPackageName().equals(p)
                                || c.getPackageName().startsWith(p + ".")))
                .count();
        assertThat(found)
                .as("classes looked at in %s", String.join(", ", packages))
                .isGreaterThanOrEqualTo(count);
    }
}
