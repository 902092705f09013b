package dev.touchstone.worker.fault.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.worker.fault.WovenFault;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OwnClassesTest {

    private static final String SAMPLER = "dev.touchstone.worker.generate.ChainSampler";
    private static final String ENGINE = "dev.touchstone.worker.engine.cpu.CpuEngine";
    private static final String SCHEDULER = "dev.touchstone.worker.job.Scheduler";

    private final ClassLoader parent = OwnClassesTest.class.getClassLoader();

    static Stream<String> everyFault() throws Exception {
        try (InputStream in = OwnClassesTest.class.getResourceAsStream("/woven/faults")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList().stream();
        }
    }

    /** The process that serves them does not verify what it loads. */
    @ParameterizedTest
    @MethodSource("everyFault")
    void everyChangedClassPassesTheVerifier(String id) throws Exception {
        WovenFault fault = WovenFault.read(id).orElseThrow();
        OwnClasses classes = new OwnClasses(parent, Optional.of(fault));
        assertThat(fault.types()).isNotEmpty();
        if (OwnClasses.fits(fault)) {
            for (String type : fault.types()) {
                Class<?> changed = classes.loadClass(type);
                assertThat(changed.getClassLoader()).isSameAs(classes);
                // asking for them links the class, and linking verifies it
                assertThat(changed.getDeclaredMethods().length + changed.getDeclaredConstructors().length)
                        .isPositive();
            }
        }
    }

    @Test
    void sharesTheEngineThatAFaultLeavesAlone() throws Exception {
        OwnClasses classes = new OwnClasses(parent, WovenFault.read("seed-ignored"));
        assertThat(classes.loadClass(SAMPLER).getClassLoader()).isSameAs(classes);
        assertThat(classes.loadClass(ENGINE).getClassLoader()).isSameAs(parent);
        assertThat(classes.loadClass(SCHEDULER).getClassLoader()).isSameAs(classes);
    }

    @Test
    void takesTheWholeEngineAnewForAFaultInIt() throws Exception {
        OwnClasses classes = new OwnClasses(parent, WovenFault.read("kv-not-cleared"));
        assertThat(classes.loadClass(ENGINE).getClassLoader()).isSameAs(classes);
        assertThat(classes.loadClass(SAMPLER).getClassLoader()).isSameAs(parent);
    }
}
