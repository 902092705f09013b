package dev.touchstone.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A worker process that is stopped while it streams and while jobs wait (LI-02), and one that is killed (LI-03). */
@Timeout(120)
class ShutdownTest {
    private static final int STREAMS = 3;

    private static Process serve(int port) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        // Four short lives: a quick start matters more than speed.
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.touchstone.worker.Main",
                        "serve",
                        "--port",
                        Integer.toString(port))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static int port(Process worker) throws IOException {
        BufferedReader out = worker.inputReader(StandardCharsets.UTF_8);
        String line = String.valueOf(out.readLine());
        assertThat(line).startsWith("listening on http://127.0.0.1:");
        return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
    }

    private static Socket post(int port, String path, String body) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(60_000);
        String head = "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ";
        socket.getOutputStream().write((head + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String readThrough(InputStream in, String last) throws IOException {
        StringBuilder got = new StringBuilder();
        while (got.indexOf(last, Math.max(0, got.length() - last.length())) < 0) {
            int b = in.read();
            if (b < 0) {
                break;
            }
            got.append((char) b);
        }
        return got.toString();
    }

    /** As a part of a process that goes on without it. */
    @Test
    void anInterruptedWorkerLeavesItsPort() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        FutureTask<Integer> status =
                new FutureTask<>(() -> Main.commandLine().execute("serve", "--cpu", "--port", Integer.toString(port)));
        Thread worker = Thread.ofPlatform().daemon().start(status);
        while (!answers(port)) {
            assertThat(status.isDone()).as("it ended before it listened").isFalse();
            TimeUnit.MILLISECONDS.sleep(20);
        }
        worker.interrupt();
        assertThat(status.get(30, TimeUnit.SECONDS)).isZero();
        assertThat(answers(port)).isFalse();
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException nobody) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SIGTERM", "/shutdown"})
    void everyStreamEndsWithATerminalEventAndTheStatusIsZero(String how) throws Exception {
        Process worker = serve(0);
        List<Socket> streams = new ArrayList<>();
        try {
            int port = port(worker);
            for (int i = 0; i < STREAMS; i++) {
                streams.add(post(
                        port, "/execute", "{\"job_id\":\"j" + i + "\",\"prompt\":\"Once upon\",\"max_tokens\":2000}"));
                readThrough(streams.getLast().getInputStream(), "\r\n\r\n");
            }
            if (how.equals("SIGTERM")) {
                worker.destroy();
            } else {
                post(port, how, "").close();
            }
            for (Socket stream : streams) {
                assertThat(readThrough(stream.getInputStream(), "\r\n0\r\n\r\n"))
                        .containsPattern("event: (end|error)\ndata: .*}\n\n\r\n0\r\n\r\n");
            }
            assertThat(worker.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(worker.exitValue()).isZero();
        } finally {
            worker.destroyForcibly().waitFor();
            for (Socket stream : streams) {
                stream.close();
            }
        }
    }

    @Test
    void aKilledWorkersPortIsFreeAtOnce() throws Exception {
        Process first = serve(0);
        int port;
        try {
            port = port(first);
            Socket stream = post(port, "/execute", "{\"job_id\":\"j\",\"prompt\":\"Once\",\"max_tokens\":2000}");
            readThrough(stream.getInputStream(), "event: token");
        } finally {
            first.destroyForcibly().waitFor();
        }
        Process second = serve(port);
        try {
            assertThat(port(second)).isEqualTo(port);
        } finally {
            second.destroyForcibly().waitFor();
        }
    }
}
