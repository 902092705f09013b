package dev.touchstone.harness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.evidence.HostSamples;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code touchstone evidence} on this machine, with or without a GPU. */
class EvidenceCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    private int run(String... args) {
        return Main.run(new PrintWriter(out), new PrintWriter(err), args);
    }

    @Test
    void showsTheProcessAndWritesWhatCanBeJudgedLater() throws IOException {
        long own = ProcessHandle.current().pid();
        Path json = folder.resolve("samples.json");
        assertThat(run("evidence", "--pid", Long.toString(own), "--seconds", "1", "--json", json.toString()))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("process " + own, "anonymous", "cores busy");
        assertThat(HostSamples.fromJson(Files.readString(json)).pid()).isEqualTo(own);
    }

    @Test
    void saysInOneSentenceWhatCannotBeTold() {
        assertThat(run("evidence", "--pid", "999999999", "--seconds", "1")).isZero();
        assertThat(out.toString()).contains("cannot be told: there is no process 999999999.");
    }

    @Test
    void findsTheProcessByItsPort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(run("evidence", "--port", Integer.toString(socket.getLocalPort()), "--seconds", "1"))
                    .as(err.toString())
                    .isZero();
        }
        assertThat(out.toString()).contains("process " + ProcessHandle.current().pid());
        assertThat(run("evidence", "--port", "70000")).isEqualTo(2);
        assertThat(err.toString()).contains("The port is 70000; accepted is 1 to 65535.");
    }

    @Test
    void refusesBadNumbersInOneSentence() {
        assertThat(run("evidence", "--pid", "0")).isEqualTo(2);
        assertThat(err.toString()).contains("The process id is 0; accepted is a number from 1.");
        assertThat(run("evidence", "--pid", "1", "--seconds", "601")).isEqualTo(2);
        assertThat(err.toString()).contains("--seconds is 601; accepted is 1 to 600.");
        assertThat(run("evidence")).isEqualTo(2);
        assertThat(err.toString()).contains("--pid");
    }

    @Test
    void refusesAFileThatCannotBeWritten() {
        String missing = folder.resolve("none/samples.json").toString();
        assertThat(run("evidence", "--pid", "1", "--seconds", "1", "--json", missing))
                .isEqualTo(2);
        assertThat(err.toString()).contains(missing, "accepted is a file in a folder that exists");
    }
}
