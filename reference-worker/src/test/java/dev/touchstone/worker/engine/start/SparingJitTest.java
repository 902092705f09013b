package dev.touchstone.worker.engine.start;

import static org.assertj.core.api.Assertions.assertThat;

import javax.management.JMException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SparingJitTest {

    /** The other tests of this JVM want the CPU engine at its quickest. */
    @AfterEach
    void clear() throws JMException {
        SparingJit.command("compilerDirectivesClear");
    }

    @Test
    void leavesC2TheSamplerOnly() throws JMException {
        assertThat(SparingJit.begin()).isEmpty();
        assertThat(SparingJit.command("compilerDirectivesPrint").replaceAll("\\s+", " "))
                .containsSubsequence(
                        "matching: dev/touchstone/worker/generate/*.*",
                        "c2 directives:",
                        "Exclude:false",
                        "matching: *.*",
                        "c1 directives:",
                        "Exclude:false",
                        "c2 directives:",
                        "Exclude:true");
    }
}
