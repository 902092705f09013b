package dev.touchstone.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What cannot start says so in one line with the value in it, and exits with status 1. */
@Timeout(60)
class ServeCommandTest {
    private final StringWriter err = new StringWriter();

    private int serve(String... options) {
        List<String> arguments = new ArrayList<>(List.of("serve"));
        arguments.addAll(List.of(options));
        CommandLine line = Main.commandLine();
        line.setErr(new PrintWriter(err, true));
        line.setOut(new PrintWriter(err, true));
        return line.execute(arguments.toArray(String[]::new));
    }

    private void assertRefused(int status, String... parts) {
        assertThat(status).isEqualTo(1);
        assertThat(err.toString().lines()).as(err.toString()).hasSize(1);
        assertThat(err.toString()).contains(parts).doesNotContain("Exception", "\tat ", "java.");
        assertThat(err.toString().strip()).endsWith(".");
    }

    @ParameterizedTest
    @CsvSource({
        "--port,http",
        "--port,65536",
        "--port,-1",
        "--worker-id,seven",
        "--worker-id,1-1-1-1-1",
        "--gpu-device,first",
        "--gpu-device,-1",
        "--gpu-device,99",
        "--kv-type,q8",
        "--max-queue,0",
        "--max-queue,many",
        "--context,-1",
        "--context,long",
        "--inference-timeout,0s",
        "--inference-timeout,soon",
        "--inference-timeout,999999999m",
        "--write-timeout,10",
        "--log,xml",
        "--host,no.such.host.invalid"
    })
    void refusesABadValue(String option, String value) {
        assertRefused(serve(option, value), option, value);
    }

    @Test
    void refusesAnUnknownOption() {
        assertRefused(serve("--ports", "1"), "--ports");
    }

    @Test
    void refusesAnOptionWithoutItsValue() {
        assertRefused(serve("--port"), "--port");
    }

    @Test
    void refusesToServeAnyoneWithoutBeingToldTo() {
        assertRefused(serve("--host", "0.0.0.0", "--port", "0"), "0.0.0.0", "--token-file", "--allow-anonymous");
    }

    @Test
    void refusesATokenFileThatIsMissingOrEmpty(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("token");
        assertRefused(serve("--token-file", file.toString()), file.toString());
        err.getBuffer().setLength(0);
        Files.writeString(file, " \n");
        assertRefused(serve("--token-file", file.toString()), file.toString(), "empty");
    }

    @Test
    void refusesABusyPort() throws IOException {
        try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(busy.getLocalPort());
            assertRefused(serve("--port", port), "--port", port, "free port");
        }
    }

    @Test
    void refusesAModelThatIsMissing(@TempDir Path folder) {
        Path model = folder.resolve("gone.gguf");
        assertRefused(serve("--port", "0", "--model", model.toString()), model.toString());
    }

    @Test
    void refusesAModelWithoutAName() {
        assertRefused(serve("--port", "0", "--model", ""), "--model", "empty");
    }

    @Test
    void refusesAModelOfAnUnknownArchitecture(@TempDir Path folder) throws IOException {
        Path model = folder.resolve("strange.gguf");
        try (InputStream in = ServeCommandTest.class.getResourceAsStream("/models/touchstone-tiny-q8_0.gguf")) {
            assertThat(in).isNotNull();
            String bytes = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
            Files.writeString(model, bytes.replaceFirst("qwen2", "zwen9"), StandardCharsets.ISO_8859_1);
        }
        assertRefused(serve("--port", "0", "--model", model.toString()), model.toString(), "zwen9", "Give --model");
    }

    @Test
    void refusesAFolderForAModel(@TempDir Path folder) {
        assertRefused(serve("--port", "0", "--model", folder.toString()), folder.toString());
    }

    @Test
    void refusesAModelThatIsTruncated(@TempDir Path folder) throws IOException {
        Path model = folder.resolve("half.gguf");
        byte[] bytes;
        try (InputStream in = ServeCommandTest.class.getResourceAsStream("/models/touchstone-tiny-q8_0.gguf")) {
            assertThat(in).isNotNull();
            bytes = in.readNBytes(4_000_000);
        }
        Files.write(model, bytes);
        assertRefused(serve("--port", "0", "--model", model.toString()), model.toString());
    }

    @Test
    void refusesAFileThatIsNotAModel(@TempDir Path folder) throws IOException {
        Path model = Files.writeString(folder.resolve("notes.gguf"), "not a model");
        assertRefused(serve("--port", "0", "--model", model.toString()), model.toString(), "GGUF");
    }

    @Test
    void refusesAContextBeyondTheModels() {
        assertRefused(serve("--port", "0", "--context", "1000000"), "1000000", "2048");
    }
}
