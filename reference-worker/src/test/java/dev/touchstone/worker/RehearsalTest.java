package dev.touchstone.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.worker.telemetry.Log;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RehearsalTest {
    @Test
    void playsThroughWithoutATraceAndLeavesNoThread() throws InterruptedException {
        ByteArrayOutputStream logged = new ByteArrayOutputStream();
        Rehearsal.begin(new Log(new PrintStream(logged, true, StandardCharsets.UTF_8), false))
                .await();
        assertThat(logged.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("rehearsal");
    }
}
