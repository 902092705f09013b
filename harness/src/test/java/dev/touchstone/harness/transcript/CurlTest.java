package dev.touchstone.harness.transcript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CurlTest {

    private static final String URL = "http://127.0.0.1:8080/execute";
    private static final Map.Entry<String, String> JSON = Map.entry("Content-Type", "application/json");

    @TempDir
    private Path folder;

    private static RequestRecord post(byte[] body) {
        return Exchanges.request("POST", URL, List.of(JSON), body);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void leavesOutWhatCurlSendsByItself() {
        var headers = List.of(
                Map.entry("Host", "127.0.0.1:8080"),
                Map.entry("Connection", "Keep-Alive"),
                Map.entry("User-Agent", "touchstone"),
                Map.entry("Accept-Encoding", "identity"));
        assertThat(Curl.of(Exchanges.request("GET", URL, headers, new byte[0])))
                .isEqualTo("curl -N -i 'http://127.0.0.1:8080/execute' -H 'Accept-Encoding: identity'");
    }

    @Test
    void keepsHeadersThatAScenarioSetOnPurpose() {
        var headers = List.of(
                Map.entry("Host", "elsewhere"),
                Map.entry("Connection", "close"),
                Map.entry("Content-Length", "99"),
                Map.entry("X-Empty", ""),
                Map.entry("Authorization", "Bearer wr'ong"));
        assertThat(Curl.of(Exchanges.request("POST", URL, headers, utf8("{}"))))
                .contains("-H 'Host: elsewhere'", "-H 'Connection: close'", "-H 'Content-Length: 99'", "-H 'X-Empty;'")
                .contains("-H 'Authorization: Bearer wr'\\''ong'")
                .endsWith(" -H 'Content-Type:' --data-raw '{}'");
    }

    @Test
    void leavesTheTokenToTheShell() {
        var headers = new Redaction(java.util.Optional.of("s3cret"))
                .sent(List.of(Map.entry("Authorization", "Bearer s3cret"), JSON));
        assertThat(Curl.of(Exchanges.request("POST", URL, headers, utf8("$TOUCHSTONE_TOKEN"))))
                .contains("-H 'Authorization: Bearer '\"$TOUCHSTONE_TOKEN\"''")
                .contains("--data-raw '$TOUCHSTONE_TOKEN'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"prompt\":\"it's 😀 $HOME `id` \\u0041 %d\"}", "@file", "two\nlines\n", "{\"a\":\"\\\\\"}"})
    void givesTextToTheShellAsItIs(String body) throws Exception {
        assertThat(Curl.of(post(utf8(body)))).contains(" --data-raw ").doesNotContain("printf");
        assertThat(bodyThatCurlWouldSend(post(utf8(body)))).isEqualTo(utf8(body));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-n\0", "%s%%\0\\n\\0", "\u00ff\u00fe\u00001'7", "tab\t", "\r\n", "\u001b[31m"})
    void printsBytesThatAreNoTextIntoCurl(String latin1) throws Exception {
        byte[] body = latin1.getBytes(StandardCharsets.ISO_8859_1);
        assertThat(Curl.of(post(body)))
                .startsWith("printf '")
                .endsWith(" --data-binary @-")
                .matches("[\\x20-\\x7e]*");
        assertThat(bodyThatCurlWouldSend(post(body))).isEqualTo(body);
    }

    @Test
    void printsEveryByteValue() throws Exception {
        byte[] body = new byte[4096];
        new Random(7).nextBytes(body);
        assertThat(bodyThatCurlWouldSend(post(body))).isEqualTo(body);
    }

    @Test
    void leavesALongBodyToTheFileThatTheEvidenceKeeps() {
        assertThat(Curl.of(post(new byte[Curl.LONGEST_BODY + 1])))
                .contains(" --data-binary @request.body # the 16,385 bytes")
                .doesNotContain("printf");
    }

    @Test
    void sendsAnEmptyBodyWhereOneWasSent() {
        var headers = List.of(JSON, Map.entry("Content-Length", "0"));
        assertThat(Curl.of(Exchanges.request("POST", URL, headers, new byte[0])))
                .isEqualTo("curl -N -i -X 'POST' '" + URL + "' -H 'Content-Type: application/json' --data-raw ''");
    }

    @Test
    void sendsARawRequestThroughNetcat() throws Exception {
        byte[] raw =
                utf8("POST /execute HTTP/1.1\r\nAuthorization: Bearer $TOUCHSTONE_TOKEN\r\nBad Name: 100%\r\n\r\n{");
        String command = Curl.of(Exchanges.request(RequestRecord.RAW, URL, List.of(), raw));
        assertThat(command).endsWith(" | nc 127.0.0.1 8080");
        assertThat(new String(
                        run("TOUCHSTONE_TOKEN='a%s\\n'; " + command.replace("| nc", "| capture")),
                        StandardCharsets.UTF_8))
                .isEqualTo("POST /execute HTTP/1.1\r\nAuthorization: Bearer a%s\\n\r\nBad Name: 100%\r\n\r\n{");
    }

    /** Has a shell run the command with a function in curl's place that keeps the body. */
    private byte[] bodyThatCurlWouldSend(RequestRecord request) throws Exception {
        return run(Curl.of(request).replaceFirst("curl -N -i", "capture"));
    }

    private byte[] run(String command) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a POSIX shell at /bin/sh");
        Path kept = folder.resolve("kept");
        Path script = Files.writeString(folder.resolve("script"), """
                capture() {
                    while [ $# -gt 0 ]; do
                        if [ "$1" = --data-raw ]; then printf '%%s' "$2" >'%1$s'; return; fi
                        shift
                    done
                    cat >'%1$s'
                }
                %2$s
                """.formatted(kept, command));
        Process shell = new ProcessBuilder("/bin/sh", script.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile())
                .start();
        assertThat(shell.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(folder.resolve("said")).isEmptyFile();
        return Files.readAllBytes(kept);
    }
}
