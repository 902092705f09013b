package dev.touchstone.harness.target;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpServer;
import dev.touchstone.harness.client.NativeWire;
import dev.touchstone.harness.client.OkHttpWorkerClient;
import dev.touchstone.harness.transcript.Transcript;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class SkillProbeTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final List<String> prompts = new CopyOnWriteArrayList<>();

    /** Asks a model that is this function of its prompt. */
    private Skills ask(UnaryOperator<String> model) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/execute", exchange -> {
            JsonNode request = JSON.readTree(exchange.getRequestBody().readAllBytes());
            String prompt = request.path("prompt").textValue();
            prompts.add(prompt);
            String token = JSON.createObjectNode()
                    .put("t", model.apply(prompt))
                    .put("i", 0)
                    .toString();
            byte[] body = ("event: started\ndata: {\"job_id\":\"j\",\"seed\":1}\n\nevent: token\ndata: " + token
                            + "\n\nevent: end\ndata: {\"tokens_out\":1,\"stop_reason\":\"eos\"}\n\n")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        Target target = Target.at("http://127.0.0.1:" + server.getAddress().getPort());
        var jobs = new AtomicInteger();
        try (var client = new OkHttpWorkerClient(target, new Transcript())) {
            return new SkillProbe(client, new NativeWire(), () -> "probe-" + jobs.incrementAndGet(), LIMIT).ask();
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @EnumSource(EchoForm.class)
    void findsTheFormThatMakesAModelRepeat(EchoForm form) throws Exception {
        String marked = form.prompt("@");
        Pattern shape = Pattern.compile(
                Pattern.quote(marked.substring(0, marked.indexOf('@'))) + "([^\n<]+).*", Pattern.DOTALL);
        Skills skills = ask(prompt -> {
            Matcher matcher = shape.matcher(prompt);
            boolean same = matcher.matches() && form.prompt(matcher.group(1)).equals(prompt);
            return same ? matcher.group(1) + " and more" : "something else";
        });
        assertThat(skills.echo()).contains(form);
        assertThat(skills.recall()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(RecallForm.class)
    void findsTheFormThatMakesAModelRecall(RecallForm form) throws Exception {
        Pattern fact = Pattern.compile("password of (\\w+) is (\\w+)\\.\n(.*?)\n", Pattern.DOTALL);
        Skills skills = ask(prompt -> {
            Matcher matcher = fact.matcher(prompt);
            boolean same = matcher.find()
                    && form.prompt(matcher.group(1), matcher.group(2), matcher.group(3))
                            .equals(prompt);
            return same ? " " + matcher.group(2) + "." : "I do not know.";
        });
        assertThat(skills.recall()).contains(form);
        assertThat(skills.echo()).isEmpty();
    }

    @Test
    void findsNoSkillInAModelThatSaysTheSameToAll() throws Exception {
        assertThat(ask(prompt -> "The seven lanterns of Orvik hang over the quiet harbour. lemon"))
                .isEqualTo(Skills.none());
        assertThat(prompts).allSatisfy(prompt -> assertThat(prompt).isNotBlank());
    }

    @Test
    void findsNoSkillWhereNothingAnswers() throws Exception {
        Target target = Target.at("http://127.0.0.1:1");
        try (var client = new OkHttpWorkerClient(target, new Transcript())) {
            assertThat(new SkillProbe(client, new NativeWire(), () -> "probe", LIMIT).ask())
                    .isEqualTo(Skills.none());
        }
    }

    @ParameterizedTest
    @EnumSource(EchoForm.class)
    void everyFormHoldsTheLineAsItIs(EchoForm form) {
        String line = "a  \"b\" \\n <|c|> 🙂 é";
        assertThat(form.prompt(line)).contains(line);
    }
}
