package dev.touchstone.features.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.harness.cli.CommandFailure;
import dev.touchstone.harness.target.Budgets;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code touchstone run URL} says of a URL behind which is no worker: one sentence, and with it exit status 2. */
class HostileTargetTest {

    private static final String OK = "HTTP/1.1 200 OK\r\n";

    @TempDir
    private Path out;

    private final StringWriter screen = new StringWriter();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|the connection was closed before a response came",
                "garbage\\n\\n|the answer has no HTTP status line, but 'garbage'",
                "`\u0015\u0003\u0003`|the worker speaks TLS on this port, so https may be meant",
                "HTTP/1.1 301 Moved\\nLocation: /health\\n\\n|answered 301; accepted is 200",
                "HTTP/1.1 401 No\\n\\n|answered 401; accepted is 200",
                "HTTP/1.1 200 OK\\n\\n<html>|something else than a JSON object",
                "HTTP/1.1 200 OK\\nContent-Encoding: gzip\\n\\n\u001f\u008b\\b|something else than a JSON object",
                "HTTP/1.1 200 OK\\n\\n{\"vocab_size\":1e99999999999}|something else than a JSON object",
                "HTTP/1.1 200 OK\\nContent-Length: 9\\n\\n{|closed before the body was complete",
                "HTTP/1.1 200 OK\\nTransfer-Encoding: chunked\\n\\nfffffffffffffffff\\n{|does not answer"
            })
    void saysWhatCameInstead(String answer, String said) throws Exception {
        try (var server = server(answer.replace("\\n", "\r\n"), 1)) {
            assertOneSentence(server, said);
        }
    }

    @Test
    void saysThatABodyIsTooLarge() throws Exception {
        try (var server = server(OK + "\r\n" + "[".repeat(1024 * 1024), 1_000)) {
            assertOneSentence(server, "/health sent more than");
        }
    }

    @Test
    void saysThatAHeadIsTooLarge() throws Exception {
        try (var server = server(OK + "X-A: b\r\n".repeat(100_000), 100)) {
            assertOneSentence(server, "the head of the answer is longer than 256 KiB");
        }
    }

    @Test
    void saysThatThePortDoesNotSpeakTls() throws Exception {
        try (var server = server("HTTP/1.1 400 Bad Request\r\n\r\n", 1)) {
            assertOneSentence(
                    "https://127.0.0.1:" + server.getLocalPort(),
                    "the worker does not speak TLS on this port, so http may be meant");
        }
    }

    private void assertOneSentence(ServerSocket server, String said) {
        assertOneSentence("http://127.0.0.1:" + server.getLocalPort(), said);
    }

    private void assertOneSentence(String url, String said) {
        RunSettings settings = new RunSettings(
                Optional.of(url),
                Optional.empty(),
                Optional.of("EV-01"),
                Set.of(),
                out,
                TargetProbe.Hints.none(),
                Budgets.defaults(),
                false);
        Account account = new Account(new PrintWriter(screen, true), Ink.PLAIN, false);
        assertThatThrownBy(() -> new ConformanceRun(settings, account, ScenarioSource.CONTRACT).execute())
                .isInstanceOf(CommandFailure.class)
                .message()
                .hasLineCount(1)
                .endsWith(".")
                .contains(said)
                .doesNotContain("Exception");
        assertThat(screen.toString()).isEmpty();
    }

    /** Answers each connection with this, so many times over, once something has come. */
    private static ServerSocket server(String latin1, int times) throws IOException {
        ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        byte[] answer = latin1.getBytes(StandardCharsets.ISO_8859_1);
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try (Socket connection = server.accept()) {
                    answer(connection, answer, times);
                } catch (IOException hungUp) {
                    // The client, or the test, has seen enough.
                    continue;
                }
            }
        });
        return server;
    }

    private static void answer(Socket connection, byte[] answer, int times) throws IOException {
        InputStream in = connection.getInputStream();
        int first = in.read();
        in.readNBytes(first < 0 ? 0 : in.available());
        for (int n = 0; n < times; n++) {
            connection.getOutputStream().write(answer);
        }
        connection.shutdownOutput();
        in.transferTo(OutputStream.nullOutputStream());
    }
}
